import type { Core } from '../core.js';
import type { User } from '../state/model.js';

/** The memberships of a user with the room roles and unread numbers: what `includeUserRooms` adds. */
export function roomsOf({ state }: Core, user: User): unknown[] {
  return [...state.subscriptions.values()]
    .filter(({ u }) => u._id === user._id)
    .map(({ rid, name, t, roles, unread }) => ({ rid, name, t, ...(roles ? { roles } : {}), unread }));
}
