import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One line of the audit log: who did what to what. Outlives the accounts it speaks of, hence no foreign keys. */
@Entity('audit_log')
@Index('audit_log_actor', ['actorId', 'id'])
@Index('audit_log_subject', ['subjectId', 'id'])
export class AuditEntryEntity {
  /** UUID v7: sorts by time. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_log_pk' })
  id!: string;

  @Column('timestamp with time zone', { default: () => 'now()' })
  at!: Date;

  @Column('varchar', { length: 60 })
  key!: string;

  @Column('uuid', { name: 'actor_id', nullable: true })
  actorId!: string | null;

  /** User name at that time. */
  @Column('varchar', { name: 'actor_name', length: 32, nullable: true })
  actorName!: string | null;

  @Column('varchar', { name: 'subject_id', length: 100, nullable: true })
  subjectId!: string | null;

  @Column('jsonb')
  facts!: Record<string, unknown>;

  @Column('varchar', { name: 'request_id', length: 100 })
  requestId!: string;

  @Column('varchar', { length: 64 })
  address!: string;
}
