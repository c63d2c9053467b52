import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key pair that signs id tokens. The next one is published before it is used, the last ones while their tokens live. */
@Entity('oauth_signing_keys')
@Index('oauth_signing_keys_one_current', ['state'], { unique: true, where: "state IN ('next', 'current')" })
export class OAuthSigningKeyEntity {
  /** RFC 7638 thumbprint. */
  @PrimaryColumn('varchar', { length: 43, primaryKeyConstraintName: 'oauth_signing_keys_pk' })
  kid!: string;

  @Column('varchar', { length: 10 })
  alg!: string;

  @Column('varchar', { length: 8 })
  state!: 'next' | 'current' | 'retired';

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk!: Record<string, unknown>;

  /** The private JWK under AES-256-GCM with a key out of the portal's secret: nonce, tag, ciphertext. */
  @Column('bytea', { name: 'private_sealed' })
  privateSealed!: Buffer;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'activated_at', nullable: true })
  activatedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'retired_at', nullable: true })
  retiredAt!: Date | null;
}
