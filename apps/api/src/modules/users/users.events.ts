import type { SessionEndReason, UserSummary } from '@besedka/contracts';

/** What the accounts side (users, roles, auth) tells after a commit. */
export interface AccountEvents {
  /** Name or picture changed. */
  'users.profile-changed': { user: UserSummary };
  /** Roles, permissions or own settings of these people changed: their open windows fetch themselves anew, sockets take new rights. */
  'users.access-changed': { userIds: string[] };
  /** These sessions ended: sockets close at once. */
  'auth.sessions-ended': { userId: string; sessionIds: string[] | 'all'; reason: SessionEndReason };
}

declare module '../../common/events/domain-events.js' {
  interface DomainEventMap extends AccountEvents {}
}
