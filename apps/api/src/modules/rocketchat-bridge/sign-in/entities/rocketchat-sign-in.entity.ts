import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** Somebody was signed in to Rocket.Chat through a session of ours. The row goes when that server has confirmed the end. */
@Entity('rocketchat_sign_ins')
@Index('rocketchat_sign_ins_session', ['sessionId'])
@Index('rocketchat_sign_ins_user', ['userId'])
export class RocketChatSignInEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'rocketchat_sign_ins_pk' })
  id!: string;

  /** Of the portal. Not a key: the row outlives its session until Rocket.Chat has confirmed. */
  @Column('uuid', { name: 'session_id' })
  sessionId!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'rocketchat_sign_ins_user_fk' })
  user?: object;

  /** The account there, where the portal knows it: the owner of `token`. */
  @Column('varchar', { name: 'rc_user_id', length: 100, nullable: true })
  rocketChatId!: string | null;

  /** The login token that was handed out, sealed; null: signed in over OAuth, the token is known to Rocket.Chat alone. */
  @Column('bytea', { nullable: true })
  token!: Buffer | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  /** When the token was last handed out. */
  @Column('timestamp with time zone', { name: 'given_at', default: () => 'now()' })
  givenAt!: Date;

  /** When Rocket.Chat forgets it by itself. */
  @Column('timestamp with time zone', { name: 'expires_at' })
  expiresAt!: Date;

  /** It shall be over; Rocket.Chat has not confirmed yet. */
  @Column('timestamp with time zone', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** All that the person is signed in with there shall be over, not this one alone. */
  @Column('boolean', { default: false })
  everywhere!: boolean;
}
