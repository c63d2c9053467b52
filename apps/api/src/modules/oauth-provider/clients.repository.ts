import type { OAuthGrantType, OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** A client as requests read it. Frozen knowledge of a moment: at most a second old. */
export interface OAuthClientRecord {
  readonly id: string;
  /** The protocol's `client_id`. */
  readonly clientId: string;
  readonly kind: 'confidential' | 'public';
  readonly name: string;
  readonly description: string;
  readonly homeUrl: string | null;
  readonly firstParty: boolean;
  readonly pkceRequired: boolean;
  readonly grantTypes: readonly OAuthGrantType[];
  readonly scopes: readonly OAuthScope[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly enabled: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | null;
  readonly secrets: readonly { readonly id: string; readonly hash: string }[];
}

/** Columns of a client `c`, as named in `OAuthClientRecord` but for the secrets. */
export const CLIENT_COLUMNS = `c.id, c.client_id AS "clientId", c.kind, c.name, c.description, c.home_url AS "homeUrl",
  c.first_party AS "firstParty", c.pkce_required AS "pkceRequired", c.grant_types AS "grantTypes", c.scopes,
  c.redirect_uris AS "redirectUris", c.post_logout_redirect_uris AS "postLogoutRedirectUris", c.enabled, c.version,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.last_used_at AS "lastUsedAt"`;

const RECORD = `SELECT ${CLIENT_COLUMNS},
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'hash', s.hash) ORDER BY s.created_at, s.id)
      FROM oauth_client_secrets s WHERE s.client_id = c.id), '[]') AS secrets
  FROM oauth_clients c`;

/** Uses since the last time they were written: id → when, as milliseconds since 1970. */
export interface Uses {
  readonly clients: ReadonlyMap<string, number>;
  readonly secrets: ReadonlyMap<string, number>;
}

/** What requests read of clients. Administration has its own statements. */
@Injectable()
export class ClientsRepository {
  constructor(private readonly database: Database) {}

  async byClientId(clientId: string): Promise<OAuthClientRecord | null> {
    const [row] = await this.database.query<OAuthClientRecord>(`${RECORD} WHERE c.client_id = $1`, [clientId], {
      name: 'oauth-client-by-client-id',
    });
    return row ?? null;
  }

  /** @param id a UUID */
  async byId(id: string): Promise<OAuthClientRecord | null> {
    const [row] = await this.database.query<OAuthClientRecord>(`${RECORD} WHERE c.id = $1`, [id], {
      name: 'oauth-client-by-id',
    });
    return row ?? null;
  }

  /** Every enabled client, for what is checked once at start. */
  enabled(): Promise<OAuthClientRecord[]> {
    return this.database.query<OAuthClientRecord>(`${RECORD} WHERE c.enabled ORDER BY c.id`);
  }

  /** Writes when clients and secrets were last used; one statement. Those deleted meanwhile are passed over. */
  async markUsed(uses: Uses): Promise<void> {
    const columns = (map: ReadonlyMap<string, number>) => [
      [...map.keys()],
      [...map.values()].map((ms) => new Date(ms)),
    ];
    await this.database.execute(
      `WITH secrets AS (
         UPDATE oauth_client_secrets s SET last_used_at = greatest(s.last_used_at, u.at)
         FROM unnest($3::uuid[], $4::timestamptz[]) AS u (id, at) WHERE s.id = u.id
       )
       UPDATE oauth_clients c SET last_used_at = greatest(c.last_used_at, u.at)
       FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at) WHERE c.id = u.id`,
      [...columns(uses.clients), ...columns(uses.secrets)],
    );
  }
}
