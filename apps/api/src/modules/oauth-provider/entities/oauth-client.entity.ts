import type { OAuthGrantType, OAuthScope } from '@besedka/contracts';
import { Column, CreateDateColumn, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** An application that gets tokens from us (RFC 6749 2). */
@Entity('oauth_clients')
@Index('oauth_clients_client_id', ['clientId'], { unique: true })
export class OAuthClientEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'oauth_clients_pk' })
  id!: string;

  /** The protocol's `client_id`. */
  @Column('varchar', { name: 'client_id', length: 100 })
  clientId!: string;

  @Column('varchar', { length: 12 })
  kind!: 'confidential' | 'public';

  @Column('varchar', { length: 80 })
  name!: string;

  @Column('varchar', { length: 300, default: '' })
  description!: string;

  @Column('varchar', { name: 'home_url', length: 500, nullable: true })
  homeUrl!: string | null;

  @Column('boolean', { name: 'first_party', default: false })
  firstParty!: boolean;

  @Column('boolean', { name: 'pkce_required', default: true })
  pkceRequired!: boolean;

  @Column('text', { name: 'grant_types', array: true })
  grantTypes!: OAuthGrantType[];

  @Column('text', { array: true })
  scopes!: OAuthScope[];

  @Column('text', { name: 'redirect_uris', array: true, default: () => "'{}'" })
  redirectUris!: string[];

  @Column('text', { name: 'post_logout_redirect_uris', array: true, default: () => "'{}'" })
  postLogoutRedirectUris!: string[];

  @Column('boolean', { default: true })
  enabled!: boolean;

  @Column('integer', { default: 1 })
  version!: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamp with time zone' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamp with time zone' })
  updatedAt!: Date;

  /** When it last got a token; written now and then, not at each token. */
  @Column('timestamp with time zone', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
