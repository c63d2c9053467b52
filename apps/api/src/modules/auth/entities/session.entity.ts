import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/**
 * A signed-in device: one refresh family. Refresh tokens are not stored: a token is an HMAC over session id and generation, so the
 * successor given for a repeated refresh inside the grace window is the same one.
 */
@Entity('sessions')
@Index('sessions_user_live', ['userId'], { where: 'ended_at IS NULL' })
export class SessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pk' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_fk' })
  user?: object;

  /** Number of the refresh token that is valid now. */
  @Column('integer', { default: 1 })
  generation!: number;

  /** When `generation` was last raised; the grace window counts from here. */
  @Column('timestamp with time zone', { name: 'rotated_at' })
  rotatedAt!: Date;

  @Column('varchar', { name: 'user_agent', length: 400 })
  userAgent!: string;

  @Column('varchar', { length: 64 })
  address!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  @Column('timestamp with time zone', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamp with time zone', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('varchar', { name: 'end_reason', length: 20, nullable: true })
  endReason!: string | null;
}
