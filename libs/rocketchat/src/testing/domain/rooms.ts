import type { Core } from '../core.js';
import { randomId } from '../state/ids.js';
import type { Room, Subscription, User, UserRef } from '../state/model.js';
import { addMember, tellMembers, tellSubscription } from './membership.js';
import { roomName } from './room-names.js';

export interface NewRoom {
  t: 'c' | 'p';
  name: string;
  members?: readonly User[];
  readOnly?: boolean;
  customFields?: Record<string, unknown> | undefined;
  topic?: string | undefined;
  description?: string | undefined;
  excludeSelf?: boolean | undefined;
}

export function refOf(user: User): UserRef {
  return { _id: user._id, username: user.username ?? '', name: user.name ?? '' };
}

/** Makes a channel or group; the maker owns it. @throws RcError when the name cannot be had */
export function createRoom(core: Core, owner: User, input: NewRoom): Room {
  const { name, fname } = roomName(core, input.name);
  const now = core.clock.date();
  const room: Room = {
    _id: randomId(),
    t: input.t,
    name,
    fname,
    ro: input.readOnly ?? false,
    u: refOf(owner),
    usersCount: 0,
    msgs: 0,
    ...(input.topic ? { topic: input.topic } : {}),
    ...(input.description ? { description: input.description } : {}),
    ...(input.customFields ? { customFields: input.customFields } : {}),
    ts: now,
    _updatedAt: now,
  };
  core.state.rooms.set(room._id, room);
  core.touch();
  const members = input.members?.filter((user) => user !== owner) ?? [];
  if (!input.excludeSelf) addMember(core, room, owner, { roles: ['owner'], quiet: true });
  for (const user of members) addMember(core, room, user, { by: owner, quiet: true });
  core.events.emit('integration', 'roomCreated', { userId: owner._id, roomId: room._id, owner: true });
  return room;
}

/** The direct conversation of exactly these people, made when it is not there yet. */
export function directRoom(core: Core, people: readonly User[]): Room {
  const uids = people.map(({ _id }) => _id).sort();
  const found = [...core.state.rooms.values()].find((room) => room.t === 'd' && room.uids?.join() === uids.join());
  if (found) return found;
  const now = core.clock.date();
  const [first] = people;
  const room: Room = {
    _id: uids.length === 2 ? uids.join('') : randomId(),
    t: 'd',
    ro: false,
    u: refOf(first!),
    uids,
    usernames: people.map(({ username }) => username ?? ''),
    usersCount: 0,
    msgs: 0,
    ts: now,
    _updatedAt: now,
  };
  core.state.rooms.set(room._id, room);
  core.touch();
  for (const user of people) addMember(core, room, user, { quiet: true, fresh: false });
  return room;
}

export function roomByName({ state }: Core, name: string): Room | undefined {
  const wanted = name.replace(/^#/, '');
  return [...state.rooms.values()].find((room) => room.t !== 'd' && room.name === wanted);
}

export function membersOf({ state }: Core, roomId: string): Subscription[] {
  return [...state.subscriptions.values()].filter(({ rid }) => rid === roomId);
}

/** Changes a room and tells its members; a new name stands in every membership as well. */
export function changeRoom(core: Core, room: Room, change: Partial<Room>): void {
  const { name, fname } = change;
  Object.assign(room, change, { _updatedAt: core.clock.date() });
  if (name !== undefined && fname !== undefined) {
    for (const subscription of membersOf(core, room._id)) {
      Object.assign(subscription, { name, fname, alert: true, _updatedAt: core.clock.date() });
      tellSubscription(core, subscription, 'updated');
    }
  }
  core.touch();
  tellMembers(core, room);
}

/** Removes a room with everything in it. */
export function deleteRoom(core: Core, room: Room): void {
  const gone = core.clock.date();
  for (const subscription of membersOf(core, room._id)) {
    core.state.subscriptions.delete(`${room._id}/${subscription.u._id}`);
    core.state.removed.subscriptions.push({ _id: subscription._id, uid: subscription.u._id, _deletedAt: gone });
    core.state.removed.rooms.push({ _id: room._id, uid: subscription.u._id, _deletedAt: gone });
    core.events.emit('notifyUser', subscription.u._id, 'subscriptions-changed', ['removed', subscription]);
    core.events.emit('notifyUser', subscription.u._id, 'rooms-changed', ['removed', room]);
  }
  core.state.messages = core.state.messages.filter(({ rid }) => rid !== room._id);
  core.state.rooms.delete(room._id);
  core.touch();
}

/** Archives a room, or brings it back; the memberships follow. */
export function archiveRoom(core: Core, room: Room, archived: boolean, by: User): void {
  for (const subscription of membersOf(core, room._id)) {
    Object.assign(subscription, { archived, open: !archived, _updatedAt: core.clock.date() });
    core.events.emit('notifyUser', subscription.u._id, 'subscriptions-changed', ['updated', subscription]);
  }
  changeRoom(core, room, { archived });
  if (archived) core.events.emit('integration', 'roomArchived', { userId: by._id, roomId: room._id });
}
