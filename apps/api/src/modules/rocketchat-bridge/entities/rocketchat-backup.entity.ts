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

  /** When the run that it was kept for was through; null: that run was cut off, and goes on from here. */
  @Column('timestamp with time zone', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('jsonb')
  content!: RocketChatBackupFile;
}
