import type { Core } from '../core.js';
import { activeAdmins } from '../domain/permissions.js';
import { addMember, setRoomRole, type RoomRole } from '../domain/membership.js';
import { publicUser } from '../domain/user-shapes.js';
import { userByName } from '../domain/users.js';
import { invalidParams, refusal } from '../http/errors.js';
import { optionalText, requiredText, type Input } from '../http/input.js';
import { caller, demand, type Context, type Route } from '../http/route.js';
import type { Role, User } from '../state/model.js';
import { page } from './paging.js';

function roleOf(core: Core, body: Input): Role {
  const wanted = optionalText(body, 'roleId') ?? (core.profile.roleNames ? optionalText(body, 'roleName') : undefined);
  if (!wanted) throw invalidParams("must have required property 'roleId'");
  const byName = core.profile.roleNames
    ? [...core.state.roles.values()].find(({ name }) => name === wanted)
    : undefined;
  const role = core.state.roles.get(wanted) ?? byName;
  if (!role) throw refusal('error-role-not-found', 'The role does not exist', { roleId: wanted });
  return role;
}

function userOf(core: Core, body: Input): User {
  const user = userByName(core, requiredText(body, 'username'));
  if (!user) throw refusal('error-user-not-found', 'There is no user with this username');
  return user;
}

function add(context: Context): unknown {
  const { core, body } = context;
  const role = roleOf(core, body);
  const user = userOf(core, body);
  const roomId = optionalText(body, 'roomId') ?? optionalText(body, 'scope');
  demand(context, 'assign-roles');
  if (role._id === 'admin') demand(context, 'assign-admin-role');
  if (role.scope === 'Subscriptions') {
    const room = core.state.rooms.get(roomId ?? '');
    if (!room) throw refusal('error-invalid-room', 'Invalid room');
    addMember(core, room, user, { by: caller(context) });
    setRoomRole(core, room, user, role._id as RoomRole, true);
    return { role };
  }
  if (user.roles.includes(role._id)) throw refusal('error-user-already-in-role', 'User already in role');
  user.roles.push(role._id);
  user._updatedAt = core.clock.date();
  core.touch();
  return { role };
}

function remove(context: Context): unknown {
  const { core, body } = context;
  const role = roleOf(core, body);
  const user = userOf(core, body);
  const roomId = optionalText(body, 'scope') ?? optionalText(body, 'roomId');
  if (role.scope === 'Subscriptions' && roomId) {
    const room = core.state.rooms.get(roomId);
    if (!room) throw refusal('error-invalid-room', 'Invalid room');
    setRoomRole(core, room, user, role._id as RoomRole, false);
    return { role };
  }
  if (!user.roles.includes(role._id)) throw refusal('error-user-not-in-role', 'User is not in this role');
  const admins = activeAdmins(core);
  if (role._id === 'admin' && admins.length === 1 && admins[0] === user) {
    throw refusal('error-admin-required', 'You need to have at least one admin');
  }
  user.roles = user.roles.filter((one) => one !== role._id);
  user._updatedAt = core.clock.date();
  core.touch();
  return { role };
}

function usersInRole({ core, query }: Context): unknown {
  const id = optionalText(query, 'role');
  if (!id) throw refusal('error-param-not-provided', 'Query param "role" is required');
  if (!core.state.roles.has(id)) throw refusal('error-invalid-roleId', 'Role not found');
  const roomId = optionalText(query, 'roomId');
  const found = [...core.state.users.values()].filter(({ _id, roles }) =>
    roomId ? core.state.subscriptions.get(`${roomId}/${_id}`)?.roles?.includes(id) : roles.includes(id),
  );
  const { items, ...counts } = page(core, found, query);
  return { users: items.map(publicUser), ...counts };
}

function updatePermissions({ core, body }: Context): unknown {
  const list = body['permissions'];
  if (!Array.isArray(list)) throw invalidParams("must have required property 'permissions'");
  const wanted = list as { _id?: string; roles?: string[] }[];
  for (const { _id = '', roles = [] } of wanted) {
    if (!core.state.permissions.has(_id)) throw refusal('error-invalid-permission', 'Invalid permission');
    if (!roles.every((role) => core.state.roles.has(role))) throw refusal('error-invalid-role', 'Invalid role');
  }
  for (const { _id = '', roles = [] } of wanted) {
    if (core.state.permissions.get(_id)?.join() !== roles.join()) core.touch();
    core.state.permissions.set(_id, [...roles]);
  }
  return permissionList(core);
}

function permissionList({ state, faults }: Core): { permissions: unknown[] } {
  const gone = new Set(faults.all('missing-permission').map(({ permission }) => permission));
  return { permissions: [...state.permissions].map(([_id, roles]) => ({ _id, roles: gone.has(_id) ? [] : roles })) };
}

export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: 'roles.list', handle: ({ core }) => ({ roles: [...core.state.roles.values()] }) },
  { method: 'POST', path: 'roles.addUserToRole', handle: add },
  { method: 'POST', path: 'roles.removeUserFromRole', permissions: ['access-permissions'], handle: remove },
  { method: 'GET', path: 'roles.getUsersInRole', permissions: ['access-permissions'], handle: usersInRole },
  {
    method: 'GET',
    path: 'permissions.listAll',
    handle: ({ core }) => ({ update: permissionList(core).permissions, remove: [] }),
  },
  { method: 'POST', path: 'permissions.update', permissions: ['access-permissions'], handle: updatePermissions },
];
