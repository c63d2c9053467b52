import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/** Why a grant has ended, as kept with it. */
export type GrantEndReason =
  | 'replayed'
  | 'failed_exchange'
  | 'revoked_by_client'
  | 'revoked_by_admin'
  | 'revoked_by_user'
  | 'password_changed'
  | 'signed_out';

/** Which grants: all that are given must hold; at least one is. */
export interface GrantsWhere {
  readonly id?: string;
  /** The client's `id`. */
  readonly clientId?: string;
  readonly userId?: string;
  readonly sessionId?: string;
}

const COLUMNS = { id: 'id', clientId: 'client_id', userId: 'user_id', sessionId: 'session_id' } as const;
const FIELDS = Object.keys(COLUMNS) as (keyof GrantsWhere)[];

/**
 * Ends the grants that have not ended yet; every token that came out of them stops with the commit. So does what could still become a
 * token: codes that were not used, and devices that were allowed and have not fetched theirs. A device has a session for its tokens
 * alone: it ends with them, and is gone from the person's list.
 * @param tx the caller's transaction, or the pool
 * @returns how many grants had working tokens
 */
export async function endGrants(
  tx: Pick<UnitOfWorkTx, 'query'>,
  where: GrantsWhere,
  reason: GrantEndReason,
): Promise<number> {
  const given = FIELDS.filter((field) => where[field] !== undefined);
  // Without a condition this would end everybody's.
  if (given.length === 0) throw new Error('which grants?');
  const values = given.map((field) => where[field]);
  const conditions = given.map((field, index) => `${COLUMNS[field]} = $${index + 1}`).join(' AND ');
  const ended = await tx.query<{ live: boolean }>(
    `WITH ended AS (
       UPDATE oauth_grants SET ended_at = now(), end_reason = $${values.length + 1} WHERE ended_at IS NULL AND ${conditions}
       RETURNING expires_at > now() AND generation > 0 AS live, grant_type, session_id
     ), devices AS (
       UPDATE sessions SET ended_at = now(), end_reason = 'revoked' FROM ended
       WHERE sessions.id = ended.session_id AND ended.grant_type = 'device_code' AND sessions.ended_at IS NULL
     )
     SELECT live FROM ended`,
    [...values, reason],
  );
  if (where.id === undefined) {
    await tx.query(
      `WITH ended AS (
         UPDATE oauth_device_codes SET used_at = now() WHERE used_at IS NULL AND decision = 'allowed' AND ${conditions}
         RETURNING session_id
       )
       UPDATE sessions SET ended_at = now(), end_reason = 'revoked' FROM ended
       WHERE sessions.id = ended.session_id AND sessions.ended_at IS NULL`,
      values,
    );
  }
  return ended.filter((grant) => grant.live).length;
}
