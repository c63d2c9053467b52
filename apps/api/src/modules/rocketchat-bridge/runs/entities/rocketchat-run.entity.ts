import type {
  RocketChatBackupFile,
  RocketChatRunFailure,
  RocketChatRunKind,
  RocketChatRunOrigin,
  RocketChatRunResult,
  RocketChatRunState,
  RocketChatRunStep,
} from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** One run of a command of the bridge. Running ones are one at most; a lease that has ended means that its process has. */
@Entity('rocketchat_runs')
@Index('rocketchat_runs_one', ['state'], { unique: true, where: "state = 'running'" })
export class RocketChatRunEntity {
  /** UUID v7: in the order of time. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'rocketchat_runs_pk' })
  id!: string;

  @Column('varchar', { length: 20 })
  kind!: RocketChatRunKind;

  @Column('varchar', { length: 20 })
  state!: RocketChatRunState;

  @Column('varchar', { length: 20 })
  origin!: RocketChatRunOrigin;

  /** User name of who asked for it on the page. */
  @Column('varchar', { name: 'started_by', length: 100, nullable: true })
  startedBy!: string | null;

  @CreateDateColumn({ name: 'started_at', type: 'timestamp with time zone' })
  startedAt!: Date;

  @Column('timestamp with time zone', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'lease_until' })
  leaseUntil!: Date;

  /** The backup that it restores or plans to. */
  @Column('uuid', { name: 'backup_id', nullable: true })
  backupId!: string | null;

  /** A backup that it made, or that was uploaded for it. */
  @Column('jsonb', { nullable: true })
  file!: RocketChatBackupFile | null;

  @Column('jsonb')
  steps!: RocketChatRunStep[];

  @Column('jsonb', { nullable: true })
  result!: RocketChatRunResult | null;

  @Column('jsonb', { nullable: true })
  failure!: RocketChatRunFailure | null;
}
