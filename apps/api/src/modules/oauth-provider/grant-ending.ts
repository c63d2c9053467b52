import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/** Why a grant has ended, as kept with it. */
export type GrantEndReason =
  'replayed' | 'revoked_by_client' | 'revoked_by_admin' | 'revoked_by_user' | 'consent_withdrawn' | 'signed_out';

/** Which grants: all that are given must hold; at least one is. */
export interface GrantsWhere {
  readonly id?: string;
  /** The client's `id`. */
  readonly clientId?: string;
  readonly userId?: string;
  readonly sessionId?: string;
}

/**
 * Ends the grants that have not ended yet; every token that came out of them stops with the commit, codes that were not used included.
 * @param tx the caller's transaction, or the pool
 * @returns how many of them had working tokens, which is what people are told
 */
export async function endGrants(
  tx: Pick<UnitOfWorkTx, 'query'>,
  where: GrantsWhere,
  reason: GrantEndReason,
): Promise<number> {
  const columns = { id: 'id', clientId: 'client_id', userId: 'user_id', sessionId: 'session_id' } as const;
  const params: unknown[] = [reason];
  const conditions = (Object.keys(columns) as (keyof GrantsWhere)[]).flatMap((field) =>
    where[field] === undefined ? [] : [`${columns[field]} = $${params.push(where[field])}`],
  );
  // Without a condition this would end everybody's.
  if (conditions.length === 0) throw new Error('which grants?');
  const ended = await tx.query<{ live: boolean }>(
    `UPDATE oauth_grants SET ended_at = now(), end_reason = $1 WHERE ended_at IS NULL AND ${conditions.join(' AND ')}
     RETURNING expires_at > now() AND generation > 0 AS live`,
    params,
  );
  return ended.filter((grant) => grant.live).length;
}
