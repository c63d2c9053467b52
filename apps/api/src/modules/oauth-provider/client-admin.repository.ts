import type { CreateOAuthClient, PutOAuthClient } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { StoredSecret } from './client-secrets.js';
import { CLIENT_COLUMNS, type OAuthClientRecord } from './clients.repository.js';

/** A client as the administration shows it. */
export interface AdminClientRow extends Omit<OAuthClientRecord, 'secrets'> {
  readonly secrets: readonly {
    readonly id: string;
    readonly hint: string;
    readonly createdAt: Date;
    readonly lastUsedAt: Date | null;
  }[];
  readonly liveGrants: number;
  readonly liveSignIns: number;
  readonly livePeople: number;
}

/** Everything of a new client but its secrets. */
export type NewClient = CreateOAuthClient & { readonly id: string; readonly clientId: string };

/** Milliseconds since 1970: inside JSON a time would be a text. */
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

const SHOWN = `SELECT ${CLIENT_COLUMNS},
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'hint', s.hint, 'createdAt', ${ms('s.created_at')},
        'lastUsedAt', ${ms('s.last_used_at')}) ORDER BY s.created_at, s.id)
      FROM oauth_client_secrets s WHERE s.client_id = c.id), '[]') AS secrets,
    live.*
  FROM oauth_clients c CROSS JOIN LATERAL (
    SELECT count(*)::int AS "liveGrants", count(g.user_id)::int AS "liveSignIns", count(DISTINCT g.user_id)::int AS "livePeople"
    FROM oauth_grants g LEFT JOIN sessions s ON s.id = g.session_id LEFT JOIN users u ON u.id = g.user_id
    WHERE g.client_id = c.id AND g.ended_at IS NULL AND g.expires_at > now() AND g.generation > 0
      AND (g.user_id IS NULL OR (s.ended_at IS NULL AND u.status = 'active' AND u.deleted_at IS NULL))
  ) live`;

interface ShownRow extends Omit<AdminClientRow, 'secrets'> {
  readonly secrets: readonly { id: string; hint: string; createdAt: number; lastUsedAt: number | null }[];
}

/** A client and its secrets, locked until the transaction ends. */
export interface LockedClient extends Omit<OAuthClientRecord, 'secrets'> {
  readonly secrets: readonly StoredSecret[];
}

/** Statements of the administration of clients. */
@Injectable()
export class ClientAdminRepository {
  constructor(private readonly database: Database) {}

  /** All clients by name, with secrets and live grants, in one statement. There are as many as administrators register. */
  async list(): Promise<AdminClientRow[]> {
    return (await this.database.query<ShownRow>(`${SHOWN} ORDER BY lower(c.name), c.id`)).map(toRow);
  }

  async find(id: string): Promise<AdminClientRow | null> {
    const [row] = await this.database.query<ShownRow>(`${SHOWN} WHERE c.id = $1`, [id]);
    return row === undefined ? null : toRow(row);
  }

  /** The hashed secrets of a client; null when there is no such client. */
  async secretsOf(id: string): Promise<StoredSecret[] | null> {
    const [row] = await this.database.query<{ secrets: StoredSecret[] }>(
      `SELECT coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'hash', s.hash, 'hint', s.hint))
         FROM oauth_client_secrets s WHERE s.client_id = c.id), '[]') AS secrets
       FROM oauth_clients c WHERE c.id = $1`,
      [id],
    );
    return row?.secrets ?? null;
  }

  async lock(tx: UnitOfWorkTx, id: string): Promise<LockedClient | null> {
    const [client] = await tx.query<Omit<LockedClient, 'secrets'>>(
      `SELECT ${CLIENT_COLUMNS} FROM oauth_clients c WHERE c.id = $1 FOR UPDATE`,
      [id],
    );
    if (client === undefined) return null;
    const secrets = await tx.query<StoredSecret>(
      'SELECT id, hash, hint FROM oauth_client_secrets WHERE client_id = $1 ORDER BY created_at, id',
      [id],
    );
    return { ...client, secrets };
  }

  /** Takes the one turn that a database has to make the client of local mode. @returns false when it was taken before */
  async claimLocalClient(tx: UnitOfWorkTx): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE oauth_settings SET local_client_made = true WHERE id = 1 AND NOT local_client_made RETURNING id',
    );
    return rows.length > 0;
  }

  async insert(tx: UnitOfWorkTx, client: NewClient): Promise<void> {
    await tx.query(
      `INSERT INTO oauth_clients (id, client_id, kind, name, description, home_url, first_party, pkce_required, grant_types,
         scopes, redirect_uris, post_logout_redirect_uris)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        client.id,
        client.clientId,
        client.kind,
        client.name,
        client.description,
        client.homeUrl,
        client.firstParty,
        client.pkceRequired,
        client.grantTypes,
        client.scopes,
        client.redirectUris,
        client.postLogoutRedirectUris,
      ],
    );
  }

  async update(tx: UnitOfWorkTx, id: string, client: PutOAuthClient): Promise<void> {
    await tx.query(
      `UPDATE oauth_clients SET name = $2, description = $3, home_url = $4, first_party = $5, pkce_required = $6,
         grant_types = $7, scopes = $8, redirect_uris = $9, post_logout_redirect_uris = $10, enabled = $11,
         version = version + 1, updated_at = now()
       WHERE id = $1`,
      [
        id,
        client.name,
        client.description,
        client.homeUrl,
        client.firstParty,
        client.pkceRequired,
        client.grantTypes,
        client.scopes,
        client.redirectUris,
        client.postLogoutRedirectUris,
        client.enabled,
      ],
    );
  }

  async remove(tx: UnitOfWorkTx, id: string): Promise<void> {
    await tx.query('DELETE FROM oauth_clients WHERE id = $1', [id]);
  }

  async addSecret(tx: UnitOfWorkTx, clientId: string, secret: StoredSecret): Promise<void> {
    await tx.query('INSERT INTO oauth_client_secrets (id, client_id, hash, hint) VALUES ($1, $2, $3, $4)', [
      secret.id,
      clientId,
      secret.hash,
      secret.hint,
    ]);
  }

  async removeSecret(tx: UnitOfWorkTx, id: string): Promise<void> {
    await tx.query('DELETE FROM oauth_client_secrets WHERE id = $1', [id]);
  }
}

function toRow(row: ShownRow): AdminClientRow {
  const secrets = row.secrets.map(({ id, hint, createdAt, lastUsedAt }) => ({
    id,
    hint,
    createdAt: new Date(createdAt),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
  }));
  return { ...row, secrets };
}
