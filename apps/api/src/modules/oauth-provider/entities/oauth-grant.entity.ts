import type { OAuthScope } from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';

/**
 * One authorization, from its code to its last refresh token: the whole family of tokens (RFC 9700 4.14.2). Code, access and refresh
 * tokens are not stored, not even as hashes: each is made of the grant's id, a number and an HMAC, so ending this row ends all.
 */
@Entity('oauth_grants')
@Index('oauth_grants_client', ['clientId'])
@Index('oauth_grants_session', ['sessionId'])
@Index('oauth_grants_user', ['userId', 'clientId'])
export class OAuthGrantEntity {
  /** UUID v7. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'oauth_grants_pk' })
  id!: string;

  @Column('uuid', { name: 'client_id' })
  clientId!: string;

  @ManyToOne('OAuthClientEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'client_id', foreignKeyConstraintName: 'oauth_grants_client_fk' })
  client?: object;

  /** Null for client credentials: the application itself. */
  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @ManyToOne('UserEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'oauth_grants_user_fk' })
  user?: object;

  /** The sign-in that allowed it; when that ends, so do the tokens. A device gets a session of its own. */
  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @ManyToOne('SessionEntity', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'session_id', foreignKeyConstraintName: 'oauth_grants_session_fk' })
  session?: object;

  @Column('varchar', { name: 'grant_type', length: 20 })
  grantType!: 'authorization_code' | 'client_credentials' | 'device_code';

  /** In a fixed order: an access token names its scopes by their places here. */
  @Column('text', { array: true })
  scopes!: OAuthScope[];

  @Column('text', { name: 'redirect_uri', nullable: true })
  redirectUri!: string | null;

  /** S256 challenge; null where the client is registered without PKCE. */
  @Column('varchar', { name: 'code_challenge', length: 43, nullable: true })
  codeChallenge!: string | null;

  /** OpenID Connect: goes into the id token as it came. */
  @Column('text', { nullable: true })
  nonce!: string | null;

  /** When the person last proved who they are. */
  @Column('timestamp with time zone', { name: 'auth_time', nullable: true })
  authTime!: Date | null;

  @Column('timestamp with time zone', { name: 'code_expires_at', nullable: true })
  codeExpiresAt!: Date | null;

  @Column('timestamp with time zone', { name: 'code_used_at', nullable: true })
  codeUsedAt!: Date | null;

  /** Number of the refresh token that is valid now; 0: none was given yet. */
  @Column('integer', { default: 0 })
  generation!: number;

  /** When `generation` was last raised; the grace window counts from here. */
  @Column('timestamp with time zone', { name: 'rotated_at', nullable: true })
  rotatedAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  /** End of the last token that can come out of it. */
  @Column('timestamp with time zone', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamp with time zone', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  @Column('varchar', { name: 'end_reason', length: 20, nullable: true })
  endReason!: string | null;
}
