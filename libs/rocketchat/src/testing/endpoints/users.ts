import { addRoles, setActive, removeUser } from '../domain/user-changes.js';
import { hasPermission } from '../domain/permissions.js';
import { checkEmail, checkUsername, existingUser, insertUser, namedUser } from '../domain/users.js';
import { fullUser, publicUser } from '../domain/user-shapes.js';
import { endAllTokens } from '../domain/tokens.js';
import { refusal } from '../http/errors.js';
import { optionalFlag, optionalList, optionalText, requiredFlag, requiredObject, requiredText } from '../http/input.js';
import { caller, demand, type Context, type Route } from '../http/route.js';
import { sha256Hex } from '../state/ids.js';
import { page } from './paging.js';
import { roomsOf } from './user-rooms.js';

function create(context: Context): unknown {
  const { core, body } = context;
  const email = requiredText(body, 'email');
  const name = requiredText(body, 'name');
  const username = requiredText(body, 'username');
  const random = optionalFlag(body, 'setRandomPassword') ?? false;
  const password = random ? crypto.randomUUID() : requiredText(body, 'password');
  const roles = optionalList(body, 'roles');
  if (roles) demand(context, 'assign-roles');
  checkUsername(core, username);
  checkEmail(core, email);
  const user = insertUser(core, {
    username,
    name,
    email,
    password,
    verified: optionalFlag(body, 'verified'),
    active: optionalFlag(body, 'active'),
    roles: roles ?? core.settings.list('Accounts_Registration_Users_Default_Roles'),
    joinDefaultChannels: optionalFlag(body, 'joinDefaultChannels'),
    requirePasswordChange: optionalFlag(body, 'requirePasswordChange'),
    customFields: body['customFields'] as Record<string, unknown> | undefined,
    optIn: true,
  });
  return { user: fullUser(core, user) };
}

function update(context: Context): unknown {
  const { core, body } = context;
  const user = existingUser(core, requiredText(body, 'userId'));
  const data = requiredObject(body, 'data');
  const [username, email, name, password] = ['username', 'email', 'name', 'password'].map((key) =>
    optionalText(data, key),
  );
  const roles = optionalList(data, 'roles');
  const active = optionalFlag(data, 'active');
  if (username !== undefined && username !== user.username) checkUsername(core, username, user);
  if (email !== undefined) checkEmail(core, email, user);
  if (roles) demand(context, 'assign-roles');
  if (active !== undefined) setActive(core, user, active, optionalFlag(body, 'confirmRelinquish') ?? false);
  if (roles) addRoles(core, user, roles);
  if (username !== undefined) renameEverywhere(context, user._id, username);
  if (name !== undefined) user.name = name;
  if (email !== undefined)
    user.emails = [{ address: email, verified: optionalFlag(data, 'verified') ?? user.emails[0]?.verified ?? false }];
  else if (data['verified'] !== undefined && user.emails[0]) user.emails[0].verified = data['verified'] === true;
  if (password !== undefined) user.services.password = { sha256: sha256Hex(password) };
  if (data['customFields'] !== undefined) user.customFields = data['customFields'] as Record<string, unknown>;
  user._updatedAt = core.clock.date();
  core.touch();
  return { user: fullUser(core, user) };
}

/** The name is also kept in memberships and conversations. */
function renameEverywhere({ core }: Context, userId: string, username: string): void {
  const user = existingUser(core, userId);
  const before = user.username;
  user.username = username;
  for (const { u } of [...core.state.subscriptions.values(), ...core.state.rooms.values()]) {
    if (u._id === userId) u.username = username;
  }
  for (const room of core.state.rooms.values()) {
    if (room.usernames) room.usernames = room.usernames.map((one) => (one === before ? username : one));
  }
}

function activate({ core, body }: Context): unknown {
  const user = existingUser(core, requiredText(body, 'userId'));
  setActive(core, user, requiredFlag(body, 'activeStatus'), optionalFlag(body, 'confirmRelinquish') ?? false);
  return { user: { _id: user._id, active: user.active } };
}

function remove({ core, body }: Context): unknown {
  const user = namedUser(core, body);
  return removeUser(core, user, optionalFlag(body, 'confirmRelinquish') ?? false);
}

function info(context: Context): unknown {
  const { core, query } = context;
  const asking = caller(context);
  const user = namedUser(core, query);
  const full = user === asking || hasPermission(core, asking, 'view-full-other-user-info');
  const shape = full ? fullUser(core, user) : publicUser(user);
  const withRooms = query['includeUserRooms'] === 'true';
  if (!withRooms || !(user === asking || hasPermission(core, asking, 'view-other-user-channels')))
    return { user: shape };
  return { user: { ...shape, rooms: roomsOf(core, user) } };
}

function list(context: Context): unknown {
  const { core, query } = context;
  const full = hasPermission(core, caller(context), 'view-full-other-user-info');
  const { items, ...counts } = page(core, [...core.state.users.values()], query);
  return { users: items.map((user) => (full ? fullUser(core, user) : publicUser(user))), ...counts };
}

function listByStatus(context: Context): unknown {
  const { core, query } = context;
  demand(context, 'view-full-other-user-info');
  const wanted = query['status'];
  const found = [...core.state.users.values()].filter(
    ({ active, roles }) =>
      (wanted === undefined || active === (wanted === 'active')) &&
      (typeof query['roles'] !== 'string' || roles.includes(query['roles'])),
  );
  const { items, ...counts } = page(core, found, query);
  return { users: items.map((user) => fullUser(core, user)), ...counts };
}

function logout(context: Context): unknown {
  const { core, body } = context;
  const userId = optionalText(body, 'userId') ?? caller(context)._id;
  if (userId !== caller(context)._id) demand(context, 'logout-other-user');
  const user = core.state.users.get(userId);
  if (!user) throw refusal('error-invalid-user', 'Invalid user');
  endAllTokens(core, user);
  return { message: `User ${userId} has been logged out!` };
}

export const userRoutes: readonly Route[] = [
  { method: 'POST', path: 'users.create', permissions: ['create-user'], handle: create },
  { method: 'POST', path: 'users.update', permissions: ['edit-other-user-info'], twoFactor: 'normal', handle: update },
  { method: 'POST', path: 'users.setActiveStatus', permissions: ['edit-other-user-active-status'], handle: activate },
  { method: 'POST', path: 'users.delete', permissions: ['delete-user'], handle: remove },
  { method: 'GET', path: 'users.info', handle: info },
  { method: 'GET', path: 'users.list', handle: list },
  { method: 'GET', path: 'users.listByStatus', handle: listByStatus },
  { method: 'POST', path: 'users.logout', handle: logout },
];
