import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { Database } from '../../database/database.js';

/** The person and the sign-in behind a grant may still be used; `s` and `u` are left joins, absent for an application by itself. */
const LIVE = `g.ended_at IS NULL AND g.expires_at > now() AND c.enabled AND (g.user_id IS NULL
  OR (s.id IS NOT NULL AND s.ended_at IS NULL AND u.status = 'active' AND u.deleted_at IS NULL))`;

/** Columns of a grant as the token endpoint needs them. */
export const GRANT_COLUMNS = `g.id, g.client_id AS "clientId", g.user_id AS "userId", g.session_id AS "sessionId", g.scopes,
  g.generation, g.nonce, g.auth_time AS "authTime", g.redirect_uri AS "redirectUri",
  g.code_challenge AS "codeChallenge", g.code_expires_at AS "codeExpiresAt"`;

export interface GrantRow {
  readonly id: string;
  /** The client's `id`. */
  readonly clientId: string;
  /** Null: the application itself (client credentials). */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly scopes: readonly OAuthScope[];
  readonly generation: number;
  readonly nonce: string | null;
  readonly authTime: Date | null;
  readonly redirectUri: string | null;
  readonly codeChallenge: string | null;
  readonly codeExpiresAt: Date | null;
}

/** A grant whose code is about to be handed out. */
export interface NewCode {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly OAuthScope[];
  readonly redirectUri: string;
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  /** Whether the person's consent must still be there. */
  readonly needsConsent: boolean;
}

/** Where a grant stands whose code or refresh token was presented in vain. */
export interface GrantState {
  readonly clientId: string;
  readonly userId: string | null;
  readonly generation: number;
  readonly codeUsed: boolean;
  readonly live: boolean;
  /** Whether the last rotation is younger than the grace window. */
  readonly inGrace: boolean;
}

/** Statements on grants: one each for authorize, for an exchanged code and for a refresh. */
@Injectable()
export class GrantsRepository {
  constructor(
    private readonly database: Database,
    private readonly config: AppConfig,
  ) {}

  /**
   * Writes the grant of a live session, without waiting for the disk: nothing has come of a code until it is exchanged, and the commit
   * of the exchange brings everything before it to the disk as well (docs/decisions/0005).
   * @returns false when the session has ended or the consent was taken back meanwhile
   */
  async insertCode(code: NewCode, codeSeconds: number): Promise<boolean> {
    const written = await this.database.execute(
      // The consent is locked against its withdrawal: one of the two sees the other, whichever comes first.
      `WITH consent AS (
         SELECT 1 FROM oauth_consents o WHERE o.user_id = $3 AND o.client_id = $2 AND o.scopes @> $5 FOR KEY SHARE)
       INSERT INTO oauth_grants (id, client_id, user_id, session_id, grant_type, scopes, redirect_uri, code_challenge, nonce,
         auth_time, code_expires_at, expires_at)
       SELECT $1, $2, $3, s.id, 'authorization_code', $5, $6, $7, $8, s.created_at,
         now() + make_interval(secs => $9), now() + make_interval(secs => $9)
       FROM sessions s WHERE s.id = $4 AND s.user_id = $3 AND s.ended_at IS NULL AND (NOT $10::boolean OR EXISTS (SELECT 1 FROM consent))
         AND set_config('synchronous_commit', 'off', true) = 'off'`,
      [
        code.id,
        code.clientId,
        code.userId,
        code.sessionId,
        code.scopes,
        code.redirectUri,
        code.codeChallenge,
        code.nonce,
        codeSeconds,
        code.needsConsent,
      ],
      { name: 'oauth-code-insert' },
    );
    return written === 1;
  }

  /** The grant of an application that acts by itself (client credentials). */
  async insertForService(
    grant: { readonly id: string; readonly clientId: string; readonly scopes: readonly OAuthScope[] },
    lifeSeconds: number,
  ): Promise<GrantRow> {
    const [row] = await this.database.query<GrantRow>(
      `INSERT INTO oauth_grants AS g (id, client_id, grant_type, scopes, generation, rotated_at, expires_at)
       VALUES ($1, $2, 'client_credentials', $3, 1, now(), now() + make_interval(secs => $4))
       RETURNING ${GRANT_COLUMNS}`,
      [grant.id, grant.clientId, grant.scopes, lifeSeconds],
      { name: 'oauth-service-insert' },
    );
    if (row === undefined) throw new Error('the grant was not written');
    return row;
  }

  /**
   * Burns a code, whoever presents it and whatever comes of it (RFC 9700 2.1.1, RFC 6749 4.1.2). @returns the grant, or null when
   * the code was used before or nothing may come of it any more
   */
  async useCode(id: string, lifeSeconds: number): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(
      `UPDATE oauth_grants g SET code_used_at = now(), generation = 1, rotated_at = now(),
         expires_at = now() + make_interval(secs => $2)
       FROM oauth_clients c, sessions s, users u
       WHERE g.id = $1 AND c.id = g.client_id AND s.id = g.session_id AND u.id = g.user_id
         AND g.code_used_at IS NULL AND ${LIVE}
       RETURNING ${GRANT_COLUMNS}`,
      [id, lifeSeconds],
      { name: 'oauth-code-use' },
    );
    return row ?? null;
  }

  /**
   * The one statement of a refresh: raises the generation when the presented one is current and the client's own. However often that
   * happens, a grant ends OAUTH_GRANT_DAYS after its beginning. A device has no other
   * sign of life, so its session in the person's list lives on with it.
   */
  async rotate(id: string, clientId: string, generation: number, lifeSeconds: number): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(
      `WITH rotated AS (
         UPDATE oauth_grants g SET generation = g.generation + 1, rotated_at = now(),
           expires_at = least(now() + make_interval(secs => $4), g.created_at + make_interval(days => $5))
         FROM oauth_clients c, sessions s, users u
         WHERE g.id = $1 AND g.client_id = $2 AND g.generation = $3 AND c.id = g.client_id AND s.id = g.session_id
           AND u.id = g.user_id AND ${LIVE}
         RETURNING g.*
       ), seen AS (
         UPDATE sessions SET last_seen_at = now(), expires_at = greatest(sessions.expires_at, rotated.expires_at)
         FROM rotated WHERE sessions.id = rotated.session_id AND rotated.grant_type = 'device_code'
       )
       SELECT ${GRANT_COLUMNS} FROM rotated g`,
      [id, clientId, generation, lifeSeconds, this.config.oauth.grantDays],
      { name: 'oauth-refresh' },
    );
    return row ?? null;
  }

  async state(id: string, graceSeconds: number): Promise<GrantState | null> {
    const [row] = await this.database.query<GrantState>(
      `SELECT g.client_id AS "clientId", g.user_id AS "userId", g.generation, g.code_used_at IS NOT NULL AS "codeUsed",
         ${LIVE} AS live, coalesce(g.rotated_at > now() - make_interval(secs => $2), false) AS "inGrace"
       FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client_id
       LEFT JOIN sessions s ON s.id = g.session_id LEFT JOIN users u ON u.id = g.user_id
       WHERE g.id = $1`,
      [id, graceSeconds],
    );
    return row ?? null;
  }

  async byId(id: string): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(`SELECT ${GRANT_COLUMNS} FROM oauth_grants g WHERE g.id = $1`, [
      id,
    ]);
    return row ?? null;
  }

  /** Removes grants that nothing can come of, a bounded number. Used codes stay a day, so that a replay is still seen. */
  removeOld(limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM oauth_grants WHERE id IN (
         SELECT id FROM oauth_grants WHERE least(ended_at, expires_at) < now() - interval '1 day' LIMIT $1)`,
      [limit],
    );
  }
}
