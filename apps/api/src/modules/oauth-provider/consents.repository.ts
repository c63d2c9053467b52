import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/** An application that somebody uses, with what their consent and their grants say about it. */
export interface OwnApplicationRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly homeUrl: string | null;
  readonly firstParty: boolean;
  /** Null for first-party applications. */
  readonly consented: readonly OAuthScope[] | null;
  /** Scopes of each grant whose tokens work. */
  readonly granted: readonly (readonly OAuthScope[])[];
  readonly allowedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Statements on what people have allowed. */
@Injectable()
export class ConsentsRepository {
  constructor(private readonly database: Database) {}

  /** @param clientId the client's `id` */
  async covers(userId: string, clientId: string, scopes: readonly OAuthScope[]): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM oauth_consents WHERE user_id = $1 AND client_id = $2 AND scopes @> $3::text[]',
      [userId, clientId, scopes],
      { name: 'oauth-consent-covers' },
    );
    return rows.length > 0;
  }

  /** Adds scopes to what was allowed before. */
  async add(tx: UnitOfWorkTx, userId: string, clientId: string, scopes: readonly OAuthScope[]): Promise<void> {
    await tx.query(
      `INSERT INTO oauth_consents AS k (user_id, client_id, scopes) VALUES ($1, $2, $3)
       ON CONFLICT (user_id, client_id) DO UPDATE SET allowed_at = now(),
         scopes = ARRAY(SELECT DISTINCT scope FROM unnest(k.scopes || excluded.scopes) AS t (scope) ORDER BY scope)`,
      [userId, clientId, scopes],
    );
  }

  /** @returns false when nothing was allowed */
  async remove(tx: UnitOfWorkTx, userId: string, clientId: string): Promise<boolean> {
    const rows = await tx.query(
      'DELETE FROM oauth_consents WHERE user_id = $1 AND client_id = $2 RETURNING client_id',
      [userId, clientId],
    );
    return rows.length > 0;
  }

  /**
   * Third-party applications that somebody has allowed, and whatever else holds a working token of theirs, by name. A grant counts
   * once its code was used; before, the application has nothing in hand.
   */
  ofUser(userId: string): Promise<OwnApplicationRow[]> {
    return this.database.query<OwnApplicationRow>(
      `WITH own AS (
         SELECT g.client_id, coalesce(jsonb_agg(g.scopes) FILTER (WHERE g.live), '[]') AS granted,
           min(g.created_at) FILTER (WHERE g.live) AS since, max(greatest(g.code_used_at, g.rotated_at)) AS used
         FROM (
           SELECT g.*, g.ended_at IS NULL AND g.expires_at > now() AND g.generation > 0 AND s.ended_at IS NULL AS live
           FROM oauth_grants g JOIN sessions s ON s.id = g.session_id WHERE g.user_id = $1
         ) g GROUP BY g.client_id
       )
       SELECT c.id, c.name, c.description, c.home_url AS "homeUrl", c.first_party AS "firstParty", k.scopes AS consented,
         coalesce(own.granted, '[]') AS granted, coalesce(k.allowed_at, own.since) AS "allowedAt", own.used AS "lastUsedAt"
       FROM oauth_clients c
       LEFT JOIN oauth_consents k ON k.client_id = c.id AND k.user_id = $1 AND NOT c.first_party
       LEFT JOIN own ON own.client_id = c.id
       WHERE k.client_id IS NOT NULL OR own.since IS NOT NULL
       ORDER BY c.name, c.id`,
      [userId],
    );
  }
}
