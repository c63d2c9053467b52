import type { RocketChatBackupFile, RocketChatBackupReason } from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The state of Rocket.Chat before the portal wrote to it. Its secrets are sealed. */
@Entity('rocketchat_backups')
export class RocketChatBackupEntity {
  /** UUID v7: in the order of time. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'rocketchat_backups_pk' })
  id!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('varchar', { length: 20 })
  reason!: RocketChatBackupReason;

  @Column('jsonb')
  content!: RocketChatBackupFile;
}
