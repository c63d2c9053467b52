import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** A link sent by mail: activation of an invited account, or a new password. Only the hash is kept; used once. */
@Entity('link_tokens')
@Index('link_tokens_user', ['userId', 'purpose'])
export class LinkTokenEntity {
  /** SHA-256 of the token, hex. The token is 32 random bytes, so a fast hash is enough. */
  @PrimaryColumn('char', { name: 'token_hash', length: 64, primaryKeyConstraintName: 'link_tokens_pk' })
  tokenHash!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'link_tokens_user_fk' })
  user?: object;

  @Column('varchar', { length: 10 })
  purpose!: 'activate' | 'reset';

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamp with time zone', { name: 'used_at', nullable: true })
  usedAt!: Date | null;
}
