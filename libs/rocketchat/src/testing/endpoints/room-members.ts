import type { Core } from '../core.js';
import { addMember, removeMember, setRoomRole, type RoomRole } from '../domain/membership.js';
import { hasPermission, subscriptionOf } from '../domain/permissions.js';
import { membersOf } from '../domain/rooms.js';
import { publicUser } from '../domain/user-shapes.js';
import { namedUser, userByName } from '../domain/users.js';
import { plainRefusal, refusal } from '../http/errors.js';
import { optionalFlag, optionalList, optionalText, type Input } from '../http/input.js';
import { caller, demand, type Context, type Route } from '../http/route.js';
import type { Room, User } from '../state/model.js';
import { page } from './paging.js';
import { demandInRoom, forBoth, letter, member, openRoomOf, roomOf, type Kind } from './room-access.js';

/** One or several users, by id or by name. @throws RcError `error-empty-invite-list`, "User not found." */
function invited(core: Core, body: Input): User[] {
  const ids = optionalList(body, 'userIds') ?? (optionalText(body, 'userId') ? [optionalText(body, 'userId')!] : []);
  const names =
    optionalList(body, 'usernames') ?? (optionalText(body, 'username') ? [optionalText(body, 'username')!] : []);
  const users = [...ids.map((id) => core.state.users.get(id)), ...names.map((name) => userByName(core, name))];
  if (users.length === 0) {
    throw refusal('error-empty-invite-list', 'Cannot invite if no valid users are provided');
  }
  const found = users.filter((user) => user !== undefined);
  if (found.length < users.length) throw plainRefusal('User not found.');
  return found;
}

function invite(context: Context, kind: Kind): unknown {
  const { core, body } = context;
  const room = openRoomOf(context, kind);
  const by = caller(context);
  const inside = subscriptionOf(core, room._id, by._id) !== undefined;
  const allowed =
    hasPermission(core, by, `add-user-to-any-${letter(kind)}-room`) ||
    (inside && hasPermission(core, by, 'add-user-to-joined-room', room._id));
  if (!allowed) throw refusal('error-not-allowed', 'Not allowed', { method: 'addUsersToRoom' });
  for (const user of invited(core, body)) addMember(core, room, user, { by });
  return { [member(kind)]: room };
}

function kick(context: Context, kind: Kind): unknown {
  const room = openRoomOf(context, kind);
  const user = namedUser(context.core, context.body);
  demandInRoom(context, 'remove-user', room);
  removeMember(context.core, room, user, caller(context));
  return { [member(kind)]: room };
}

function setRole(context: Context, kind: Kind, role: RoomRole, give: boolean): unknown {
  const room = openRoomOf(context, kind);
  const user = namedUser(context.core, context.body);
  demandInRoom(context, `set-${role}`, room);
  setRoomRole(context.core, room, user, role, give);
  return {};
}

function addAll(context: Context): unknown {
  const { core, body } = context;
  const room = openRoomOf(context, 'channels');
  demand(context, 'add-user-to-any-c-room', room._id);
  const onlyActive = optionalFlag(body, 'activeUsersOnly') ?? false;
  const users = [...core.state.users.values()].filter(({ type, active }) => type === 'user' && (active || !onlyActive));
  if (users.length > core.settings.number('API_User_Limit'))
    throw refusal('error-user-limit-exceeded', 'User limit exceeded');
  for (const user of users) addMember(core, room, user, { by: caller(context), quiet: true });
  return { channel: room };
}

function members(context: Context, kind: Kind): unknown {
  const { core, query } = context;
  const room = roomOf(context, kind, query);
  const users = membersOf(core, room._id)
    .map(({ u }) => core.state.users.get(u._id))
    .filter((user) => user !== undefined);
  const { items, ...counts } = page(core, users, query);
  return { members: items.map(publicUser), ...counts };
}

function roles(context: Context, kind: Kind): unknown {
  const room = roomOf(context, kind, context.query);
  return {
    roles: withRoles(context.core, room).map(({ _id, rid, u, roles: held }) => ({ _id, rid, u, roles: held })),
  };
}

function moderators(context: Context, kind: Kind): unknown {
  const room = roomOf(context, kind, context.query);
  const found = withRoles(context.core, room).filter((one) => one.roles?.includes('moderator'));
  return { moderators: found.map(({ u }) => u) };
}

function withRoles(core: Core, room: Room) {
  return membersOf(core, room._id).filter((one) => (one.roles?.length ?? 0) > 0);
}

const ROLES: readonly [name: string, role: RoomRole][] = [
  ['Moderator', 'moderator'],
  ['Owner', 'owner'],
  ['Leader', 'leader'],
];

export const roomMemberRoutes: readonly Route[] = [
  ...forBoth((kind) => [
    { method: 'POST', path: `${kind}.invite`, handle: (context) => invite(context, kind) },
    { method: 'POST', path: `${kind}.kick`, handle: (context) => kick(context, kind) },
    ...ROLES.flatMap(([name, role]): Route[] => [
      { method: 'POST', path: `${kind}.add${name}`, handle: (context) => setRole(context, kind, role, true) },
      { method: 'POST', path: `${kind}.remove${name}`, handle: (context) => setRole(context, kind, role, false) },
    ]),
    { method: 'GET', path: `${kind}.members`, handle: (context) => members(context, kind) },
    { method: 'GET', path: `${kind}.roles`, handle: (context) => roles(context, kind) },
    { method: 'GET', path: `${kind}.moderators`, handle: (context) => moderators(context, kind) },
  ]),
  { method: 'POST', path: 'channels.addAll', handle: addAll },
];
