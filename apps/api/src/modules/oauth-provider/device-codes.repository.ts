import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { GRANT_COLUMNS, type GrantRow } from './grants.repository.js';

/** A device that nobody has decided about yet. */
export interface WaitingDevice {
  readonly id: string;
  /** The client's `id`, and its `client_id`. */
  readonly clientId: string;
  readonly publicClientId: string;
  readonly clientName: string;
  readonly clientDescription: string;
  readonly clientHomeUrl: string | null;
  readonly scopes: readonly OAuthScope[];
  readonly expiresAt: Date;
}

/** What one poll found. */
export interface Poll {
  readonly decision: 'allowed' | 'refused' | null;
  readonly expired: boolean;
  readonly used: boolean;
  readonly tooSoon: boolean;
}

const WAITING = `SELECT d.id, c.id AS "clientId", c.client_id AS "publicClientId", c.name AS "clientName",
    c.description AS "clientDescription", c.home_url AS "clientHomeUrl", d.scopes, d.expires_at AS "expiresAt"
  FROM oauth_device_codes d JOIN oauth_clients c ON c.id = d.client_id
  WHERE d.user_code_hash = $1 AND d.decision IS NULL AND d.expires_at > now() AND c.enabled`;

/** Statements on waiting devices. */
@Injectable()
export class DeviceCodesRepository {
  constructor(private readonly database: Database) {}

  async insert(device: {
    readonly id: string;
    readonly clientId: string;
    readonly userCodeHash: string;
    readonly scopes: readonly OAuthScope[];
    readonly intervalSeconds: number;
    readonly lifeSeconds: number;
  }): Promise<void> {
    await this.database.execute(
      `INSERT INTO oauth_device_codes (id, client_id, user_code_hash, scopes, interval_seconds, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      [device.id, device.clientId, device.userCodeHash, device.scopes, device.intervalSeconds, device.lifeSeconds],
    );
  }

  async waiting(userCodeHash: string): Promise<WaitingDevice | null> {
    return (await this.database.query<WaitingDevice>(WAITING, [userCodeHash]))[0] ?? null;
  }

  async lockWaiting(tx: UnitOfWorkTx, userCodeHash: string): Promise<WaitingDevice | null> {
    return (await tx.query<WaitingDevice>(`${WAITING} FOR UPDATE OF d`, [userCodeHash]))[0] ?? null;
  }

  async decide(
    tx: UnitOfWorkTx,
    id: string,
    decision: 'allowed' | 'refused',
    userId: string,
    sessionId: string | null,
  ): Promise<void> {
    await tx.query('UPDATE oauth_device_codes SET decision = $2, user_id = $3, session_id = $4 WHERE id = $1', [
      id,
      decision,
      userId,
      sessionId,
    ]);
  }

  /** Notes the poll; one that comes too soon makes the next wait longer. Null: not this client's. */
  async poll(id: string, clientId: string): Promise<Poll | null> {
    const [row] = await this.database.query<Poll>(
      `WITH before AS (
         SELECT id, coalesce(last_polled_at > now() - make_interval(secs => interval_seconds - 1), false) AS too_soon
         FROM oauth_device_codes WHERE id = $1 AND client_id = $2 FOR UPDATE
       )
       UPDATE oauth_device_codes d SET last_polled_at = now(),
         interval_seconds = d.interval_seconds + CASE WHEN before.too_soon THEN 5 ELSE 0 END
       FROM before WHERE d.id = before.id
       RETURNING d.decision, d.expires_at <= now() AS expired, d.used_at IS NOT NULL AS used, before.too_soon AS "tooSoon"`,
      [id, clientId],
    );
    return row ?? null;
  }

  /** Turns an allowed code into a grant, once; the person and the device's session must still be there. */
  async exchange(id: string, grantId: string, lifeSeconds: number): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(
      `WITH used AS (
         UPDATE oauth_device_codes d SET used_at = now()
         FROM users u, sessions s
         WHERE d.id = $1 AND d.decision = 'allowed' AND d.used_at IS NULL AND u.id = d.user_id AND s.id = d.session_id
           AND u.status = 'active' AND u.deleted_at IS NULL AND s.ended_at IS NULL
         RETURNING d.client_id, d.user_id, d.session_id, d.scopes, s.created_at
       ), seen AS (
         UPDATE sessions SET last_seen_at = now(), expires_at = greatest(expires_at, now() + make_interval(secs => $3))
         FROM used WHERE sessions.id = used.session_id
       )
       INSERT INTO oauth_grants AS g (id, client_id, user_id, session_id, grant_type, scopes, auth_time, generation,
         rotated_at, expires_at)
       SELECT $2, client_id, user_id, session_id, 'device_code', scopes, created_at, 1, now(),
         now() + make_interval(secs => $3)
       FROM used RETURNING ${GRANT_COLUMNS}`,
      [id, grantId, lifeSeconds],
    );
    return row ?? null;
  }

  removeOld(limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM oauth_device_codes WHERE id IN (
         SELECT id FROM oauth_device_codes WHERE expires_at < now() - interval '1 day' LIMIT $1)`,
      [limit],
    );
  }
}
