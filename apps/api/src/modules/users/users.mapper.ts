import type { ChatEngine, Me, User, UserSummary } from '@besedka/contracts';
import type { Principal } from '../../common/context/request-context.js';
import type { RoleAccess } from '../roles/access.js';
import type { Actor } from '../roles/reach.js';
import { editRefusal } from '../roles/reach.js';
import type { RoleTable } from '../roles/role-table.js';
import { avatarUrl } from './avatar-url.js';
import type { SummaryRow, UserRow } from './users.rows.js';

/** What everybody may know of somebody. */
export function toSummary(row: SummaryRow): UserSummary {
  const { id, username, fullName, avatarVersion } = row;
  return { id, username, fullName, avatarUrl: avatarUrl(id, avatarVersion) };
}

/** What the shape of an account depends on beside the account itself; fetched once per answer, not per row. */
export interface UserView {
  readonly actor: Actor;
  readonly table: RoleTable;
  /** Until when sign-ins are delayed, per account. */
  readonly delays: ReadonlyMap<string, Date>;
}

/** What those with `users:read` see. */
export function toUser(row: UserRow, { actor, table, delays }: UserView): User {
  const target = { userId: row.id, access: table.access(row.roles) };
  return {
    ...toSummary(row),
    email: row.email,
    locale: row.locale,
    status: row.status,
    roles: row.roles,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    editable: actor.access.permissions.has('users:update') && editRefusal(actor, target) === null,
    signInDelayedUntil: delays.get(row.id)?.toISOString() ?? null,
  };
}

/** The signed-in person. */
export function toMe(row: UserRow, principal: Principal, access: RoleAccess, chatEngine: ChatEngine): Me {
  return {
    ...toSummary(row),
    email: row.email,
    locale: row.locale,
    theme: row.theme,
    enterSends: row.enterSends,
    roles: row.roles,
    groups: [...access.groups],
    level: access.level,
    permissions: [...access.permissions],
    sessionId: principal.sessionId,
    version: row.version,
    chatEngine,
  };
}
