import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** An effect on the outside world (mail, Rocket.Chat) promised by a committed transaction; delivered in order per key. */
@Entity('outbox')
@Index('outbox_turn', ['topic', 'priority', 'nextAttemptAt'], { where: 'done_at IS NULL' })
@Index('outbox_key', ['topic', 'key', 'id'], { where: 'done_at IS NULL' })
export class OutboxEntity {
  /** UUID v7: sorts by creation. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'outbox_pk' })
  id!: string;

  /** Names the handler, e.g. `mail`. */
  @Column('varchar', { length: 40 })
  topic!: string;

  /** Entries with the same key are delivered one after the other. */
  @Column('varchar', { length: 100 })
  key!: string;

  @Column('jsonb')
  payload!: Record<string, unknown>;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** 0 is delivered before 1; see `OutboxPriority`. */
  @Column('smallint', { default: 0 })
  priority!: number;

  /** Somebody is delivering it, or died while doing so; null: it waits, for the first time or for another one. */
  @Column('timestamp with time zone', { name: 'begun_at', nullable: true })
  begunAt!: Date | null;

  @Column('timestamp with time zone', { name: 'next_attempt_at', default: () => 'now()' })
  nextAttemptAt!: Date;

  @Column('varchar', { name: 'last_error', length: 500, nullable: true })
  lastError!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'done_at', nullable: true })
  doneAt!: Date | null;
}
