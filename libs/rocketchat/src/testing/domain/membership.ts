import type { Core } from '../core.js';
import { plainRefusal, refusal } from '../http/errors.js';
import { randomId } from '../state/ids.js';
import type { Message, Room, Subscription, User } from '../state/model.js';
import { subscriptionOf } from './permissions.js';

/** Tells a user how one of their memberships is now. */
export function tellSubscription(
  core: Core,
  subscription: Subscription,
  action: 'inserted' | 'updated' | 'removed',
): void {
  core.events.emit('notifyUser', subscription.u._id, 'subscriptions-changed', [action, subscription]);
}

/** Tells all members how their room is now. */
export function tellMembers(core: Core, room: Room): void {
  for (const { rid, u } of core.state.subscriptions.values()) {
    if (rid === room._id) core.events.emit('notifyUser', u._id, 'rooms-changed', ['updated', room]);
  }
}

export interface Joining {
  roles?: string[];
  /** Who added them; without it they joined by themselves. */
  by?: User;
  /** Without a line in the conversation. */
  quiet?: boolean;
  /** A new membership starts with one unread mention, except in direct conversations. */
  fresh?: boolean;
}

/** Makes a user a member. @returns false when they were one already */
export function addMember(core: Core, room: Room, user: User, how: Joining = {}): boolean {
  const key = `${room._id}/${user._id}`;
  if (core.state.subscriptions.has(key)) return false;
  const now = core.clock.date();
  const fresh = how.fresh ?? true;
  const partner = room.t === 'd' ? partnerOf(core, room, user) : undefined;
  const subscription: Subscription = {
    _id: randomId(),
    rid: room._id,
    t: room.t,
    u: { _id: user._id, username: user.username ?? '', name: user.name ?? '' },
    name: partner?.username ?? room.name ?? '',
    fname: partner?.name ?? room.fname ?? room.name ?? '',
    open: true,
    alert: fresh,
    unread: fresh ? 1 : 0,
    userMentions: fresh ? 1 : 0,
    groupMentions: 0,
    ...(how.roles ? { roles: how.roles } : {}),
    ts: now,
    ls: now,
    _updatedAt: now,
  };
  core.state.subscriptions.set(key, subscription);
  room.usersCount += 1;
  room._updatedAt = now;
  core.touch();
  if (!how.quiet) systemLine(core, room, how.by ?? user, how.by ? 'au' : 'uj', user.username ?? '');
  tellSubscription(core, subscription, 'inserted');
  core.events.emit('notifyUser', user._id, 'rooms-changed', ['inserted', room]);
  if (room.t !== 'd') core.events.emit('integration', 'roomJoined', { userId: user._id, roomId: room._id });
  return true;
}

/**
 * Ends a membership.
 *
 * @param by who removed them; without it they left
 * @throws RcError `error-user-not-in-room`, `error-you-are-last-owner`
 */
export function removeMember(core: Core, room: Room, user: User, by?: User): void {
  const subscription = subscriptionOf(core, room._id, user._id);
  if (!subscription) throw refusal('error-user-not-in-room', 'User is not in this room');
  if (subscription.roles?.includes('owner') && ownersOf(core, room._id).length === 1) {
    throw refusal('error-you-are-last-owner', 'You are the last owner. Please set new owner before leaving the room.');
  }
  dropMembership(core, room, subscription);
  systemLine(core, room, by ?? user, by ? 'ru' : 'ul', user.username ?? '');
  core.events.emit('integration', 'roomLeft', { userId: user._id, roomId: room._id });
}

/** Removes the membership itself, whatever it was. */
export function dropMembership(core: Core, room: Room, subscription: Subscription): void {
  const now = core.clock.date();
  const uid = subscription.u._id;
  core.state.subscriptions.delete(`${room._id}/${uid}`);
  core.state.removed.subscriptions.push({ _id: subscription._id, uid, _deletedAt: now });
  core.state.removed.rooms.push({ _id: room._id, uid, _deletedAt: now });
  room.usersCount -= 1;
  room._updatedAt = now;
  core.touch();
  tellSubscription(core, subscription, 'removed');
  core.events.emit('notifyUser', uid, 'rooms-changed', ['removed', room]);
}

export type RoomRole = 'owner' | 'moderator' | 'leader';

/**
 * Gives or takes a role in a room.
 *
 * @throws RcError `error-user-not-in-room`, `error-user-already-…`, `error-user-not-…`, `error-remove-last-owner`
 */
export function setRoomRole(core: Core, room: Room, user: User, role: RoomRole, give: boolean): void {
  const subscription = subscriptionOf(core, room._id, user._id);
  if (!subscription) throw refusal('error-user-not-in-room', 'User is not in this room');
  const has = subscription.roles?.includes(role) ?? false;
  if (give && has)
    throw refusal(`error-user-already-${role}`, `User is already a${role === 'owner' ? 'n' : ''} ${role}`);
  if (!give && !has) throw refusal(`error-user-not-${role}`, `User is not a${role === 'owner' ? 'n' : ''} ${role}`);
  if (!give && role === 'owner' && ownersOf(core, room._id).length === 1) {
    throw refusal(
      'error-remove-last-owner',
      'This is the last owner. Please set a new owner before removing this one.',
    );
  }
  const roles = (subscription.roles ?? []).filter((one) => one !== role);
  subscription.roles = give ? [...roles, role] : roles;
  subscription._updatedAt = core.clock.date();
  core.touch();
  tellSubscription(core, subscription, 'updated');
}

export function ownersOf({ state }: Core, roomId: string): Subscription[] {
  return [...state.subscriptions.values()].filter(({ rid, roles }) => rid === roomId && roles?.includes('owner'));
}

/** @throws RcError when the account cannot be a member of anything */
export function joinable(user: User): User {
  if (!user.active) throw plainRefusal('User is not active');
  return user;
}

/** A line that the server itself writes; it counts as unread for nobody. */
export function systemLine(core: Core, room: Room, by: User, t: string, msg: string): void {
  const now = core.clock.date();
  const message: Message = {
    _id: randomId(),
    rid: room._id,
    t,
    msg,
    ts: now,
    u: { _id: by._id, username: by.username ?? '', name: by.name ?? '' },
    mentions: [],
    _updatedAt: now,
  };
  core.state.messages.push(message);
  room.msgs += 1;
  core.events.emit('roomMessage', room._id, message);
}

function partnerOf({ state }: Core, room: Room, user: User): User | undefined {
  const other = room.uids?.find((id) => id !== user._id) ?? user._id;
  return state.users.get(other);
}
