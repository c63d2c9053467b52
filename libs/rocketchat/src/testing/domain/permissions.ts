import type { Core } from '../core.js';
import type { Subscription, User } from '../state/model.js';

/** The membership of a user in a room. */
export function subscriptionOf({ state }: Core, roomId: string, userId: string): Subscription | undefined {
  return state.subscriptions.get(`${roomId}/${userId}`);
}

/**
 * Whether a user holds a permission: by a role of the account, or by a role in this room.
 */
export function hasPermission(core: Core, user: User, permission: string, roomId?: string): boolean {
  if (core.faults.all('missing-permission').some((fault) => fault.permission === permission)) return false;
  const holders = core.state.permissions.get(permission) ?? [];
  const inRoom = roomId ? (subscriptionOf(core, roomId, user._id)?.roles ?? []) : [];
  return [...user.roles, ...inRoom].some((role) => holders.includes(role));
}

/** Accounts that may administer and sign in. */
export function activeAdmins({ state }: Core): User[] {
  return [...state.users.values()].filter((user) => user.active && user.roles.includes('admin'));
}
