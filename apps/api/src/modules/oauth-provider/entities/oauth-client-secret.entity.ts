import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/** A secret of a confidential client: up to two at once, so that it is exchanged without downtime (F20). */
@Entity('oauth_client_secrets')
@Index('oauth_client_secrets_client', ['clientId'])
export class OAuthClientSecretEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'oauth_client_secrets_pk' })
  id!: string;

  /** The client's `id`, not its `client_id`. */
  @Column('uuid', { name: 'client_id' })
  clientId!: string;

  @ManyToOne('OAuthClientEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id', foreignKeyConstraintName: 'oauth_client_secrets_client_fk' })
  client?: object;

  /** HMAC-SHA-256 under a key out of the portal's secret, hex. Secrets are long and random, so a fast keyed hash is enough. */
  @Column('char', { length: 64 })
  hash!: string;

  /** Its last four characters, to tell two apart. */
  @Column('varchar', { length: 4 })
  hint!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
