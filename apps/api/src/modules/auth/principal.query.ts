import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Principal } from '../../common/context/request-context.js';
import { accessOf, type RoleGrant } from '../roles/access.js';

interface PrincipalRow extends Omit<RoleGrant, 'key'> {
  readonly username: string;
  readonly key: string | null;
}

/**
 * The one statement of every authenticated request. It reads across sessions, users and roles on purpose: one round trip
 * that sees an ended session, a disabled account or a lost role the moment it is committed.
 */
@Injectable()
export class PrincipalQuery {
  constructor(private readonly database: Database) {}

  /** Null when the session has ended or expired, or the account may not sign in. */
  async find(userId: string, sessionId: string, via: Principal['via']): Promise<Principal | null> {
    const rows = await this.database.query<PrincipalRow>(
      `SELECT u.username, r.key, r.level, r.groups, r.permissions, r.manages
       FROM sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN user_roles ur ON ur.user_id = u.id
       LEFT JOIN roles r ON r.key = ur.role_key
       WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > now()
         AND u.status = 'active' AND u.deleted_at IS NULL`,
      [sessionId, userId],
      { name: 'principal' },
    );
    return principalOf(rows, { userId, sessionId, via });
  }

  /**
   * Those of the sessions that are live, with the rights that their people have now; for connected sockets, which are bound to
   * the session and not to a token. One statement, however many ids.
   */
  async ofSessions(sessionIds: readonly string[]): Promise<ReadonlyMap<string, Principal>> {
    const rows = await this.database.query<PrincipalRow & { sessionId: string; userId: string }>(
      `SELECT s.id AS "sessionId", u.id AS "userId", u.username, r.key, r.level, r.groups, r.permissions, r.manages
       FROM sessions s
       JOIN users u ON u.id = s.user_id
       LEFT JOIN user_roles ur ON ur.user_id = u.id
       LEFT JOIN roles r ON r.key = ur.role_key
       WHERE s.id = ANY ($1::uuid[]) AND s.ended_at IS NULL AND s.expires_at > now()
         AND u.status = 'active' AND u.deleted_at IS NULL`,
      [sessionIds],
      { name: 'principals-of-sessions' },
    );
    const grouped = new Map<string, typeof rows>();
    for (const row of rows) {
      const known = grouped.get(row.sessionId);
      if (known) known.push(row);
      else grouped.set(row.sessionId, [row]);
    }
    const principals = new Map<string, Principal>();
    for (const [sessionId, own] of grouped) {
      const principal = principalOf(own, { userId: own[0]?.userId ?? '', sessionId, via: 'bearer' });
      if (principal !== null) principals.set(sessionId, principal);
    }
    return principals;
  }
}

/** One person out of a row per role; null without rows. */
function principalOf(
  rows: readonly PrincipalRow[],
  whose: Pick<Principal, 'userId' | 'sessionId' | 'via'>,
): Principal | null {
  const [first] = rows;
  if (first === undefined) return null;
  const grants = rows.flatMap(({ key, level, groups, permissions, manages }) =>
    key === null ? [] : [{ key, level, groups, permissions, manages }],
  );
  const { roles, groups, level, permissions } = accessOf(grants);
  return { ...whose, username: first.username, roles, groups, level, permissions };
}
