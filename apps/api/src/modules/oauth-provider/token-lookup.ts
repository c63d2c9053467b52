import { GROUPS, type OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { Database } from '../../database/database.js';
import type { Identity } from './identity.js';
import { PictureLinks } from './picture-links.js';
import { RoleNamesService } from './role-names.service.js';
import { type AccessTokenClaim, scopesOf, SealedTokens } from './sealed-tokens.js';

/** An access token that works now. */
export interface LiveToken {
  readonly grantId: string;
  /** The client's `id`, and its `client_id`. */
  readonly clientKey: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly scopes: readonly OAuthScope[];
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Null: the application itself. */
  readonly identity: Identity | null;
}

interface Row {
  readonly clientId: string;
  readonly clientName: string;
  readonly clientKey: string;
  readonly registered: OAuthScope[];
  readonly scopes: OAuthScope[];
  readonly userId: string | null;
  readonly username: string;
  readonly fullName: string;
  readonly email: string | null;
  readonly locale: string;
  readonly avatarVersion: number;
  readonly updatedAt: Date;
  readonly roles: string[] | null;
  readonly groups: string[] | null;
}

const PERSON = `u.id AS "userId", u.username, u.full_name AS "fullName", u.email, u.locale,
  u.avatar_version AS "avatarVersion", u.updated_at AS "updatedAt",
  array_agg(r.key) FILTER (WHERE r.key IS NOT NULL) AS roles,
  array_agg(r.groups::text) FILTER (WHERE r.key IS NOT NULL) AS groups`;

/**
 * The one statement of every use of an access token. It reads across grants, sessions, users and roles on purpose: one round trip
 * that sees an ended session, a suspended account, a disabled application or a lost role the moment it is committed.
 */
@Injectable()
export class TokenLookup {
  private readonly tokens: SealedTokens;
  private readonly pictures: PictureLinks;

  constructor(
    private readonly database: Database,
    private readonly roleNames: RoleNamesService,
    config: AppConfig,
  ) {
    this.tokens = new SealedTokens(config.auth.secret);
    this.pictures = new PictureLinks(config.auth.secret, config.http.publicUrl);
  }

  /** What a presented access token opens, or null when it opens nothing (any more). */
  async find(token: string): Promise<LiveToken | null> {
    const claim = this.tokens.readAccessToken(token);
    return claim === null || claim.expiresAt <= Date.now() / 1000 ? null : this.ofGrant(claim);
  }

  /** The person as applications see them; null when they may not be signed in. */
  async identity(userId: string): Promise<Identity | null> {
    const [row] = await this.database.query<Row>(
      `SELECT ${PERSON} FROM users u LEFT JOIN user_roles ur ON ur.user_id = u.id LEFT JOIN roles r ON r.key = ur.role_key
       WHERE u.id = $1 AND u.status = 'active' AND u.deleted_at IS NULL GROUP BY u.id`,
      [userId],
      { name: 'oauth-identity' },
    );
    return row === undefined ? null : this.toIdentity(row);
  }

  private async ofGrant(claim: AccessTokenClaim): Promise<LiveToken | null> {
    const [row] = await this.database.query<Row>(
      `SELECT c.id AS "clientKey", c.client_id AS "clientId", c.name AS "clientName", c.scopes AS "registered", g.scopes, ${PERSON}
       FROM oauth_grants g
       JOIN oauth_clients c ON c.id = g.client_id
       LEFT JOIN sessions s ON s.id = g.session_id
       LEFT JOIN users u ON u.id = g.user_id
       LEFT JOIN user_roles ur ON ur.user_id = u.id
       LEFT JOIN roles r ON r.key = ur.role_key
       WHERE g.id = $1 AND g.ended_at IS NULL AND c.enabled AND g.generation > 0
         AND (g.user_id IS NULL OR (s.ended_at IS NULL AND s.id IS NOT NULL AND u.status = 'active' AND u.deleted_at IS NULL))
       GROUP BY g.id, c.id, u.id`,
      [claim.grantId],
      { name: 'oauth-token' },
    );
    if (row === undefined) return null;
    return {
      grantId: claim.grantId,
      clientKey: row.clientKey,
      clientId: row.clientId,
      clientName: row.clientName,
      // What the application is no longer registered for is open to none of its tokens.
      scopes: scopesOf(row.scopes, claim.scopeMask).filter((scope) => row.registered.includes(scope)),
      issuedAt: claim.issuedAt,
      expiresAt: claim.expiresAt,
      identity: await this.toIdentity(row),
    };
  }

  private async toIdentity(row: Row): Promise<Identity | null> {
    if (row.userId === null) return null;
    const groups = new Set((row.groups ?? []).flatMap((list) => list.slice(1, -1).split(',')));
    return {
      userId: row.userId,
      username: row.username,
      fullName: row.fullName,
      email: row.email,
      locale: row.locale,
      picture: this.pictures.of(row.userId, row.avatarVersion),
      roleNames: await this.roleNames.namesFor(row.roles ?? []),
      groups: GROUPS.filter((name) => groups.has(name)),
      updatedAt: row.updatedAt,
    };
  }
}
