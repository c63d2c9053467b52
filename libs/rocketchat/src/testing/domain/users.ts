import type { Core } from '../core.js';
import { plainRefusal, refusal } from '../http/errors.js';
import { randomId, sha256Hex } from '../state/ids.js';
import type { User } from '../state/model.js';
import { joinDefaultChannels } from './default-channels.js';

export interface NewUser {
  _id?: string;
  username?: string | undefined;
  name?: string | undefined;
  email?: string | undefined;
  verified?: boolean | undefined;
  password?: string | undefined;
  roles?: string[] | undefined;
  active?: boolean | undefined;
  type?: User['type'];
  customFields?: Record<string, unknown> | undefined;
  requirePasswordChange?: boolean | undefined;
  services?: Record<string, unknown>;
  createdAt?: Date;
  joinDefaultChannels?: boolean | undefined;
  /** Codes by mail are switched on for accounts that are made by hand or by a provider. */
  optIn?: boolean;
}

/** Stores a new account; the caller has checked that name and address are free. */
export function insertUser(core: Core, input: NewUser): User {
  const now = core.clock.date();
  const user: User = {
    _id: input._id ?? randomId(),
    ...(input.username === undefined ? {} : { username: input.username }),
    name: input.name ?? input.username ?? '',
    emails: input.email ? [{ address: input.email, verified: input.verified ?? false }] : [],
    type: input.type ?? 'user',
    active: input.active ?? true,
    roles: input.roles ?? ['user'],
    status: 'offline',
    statusText: '',
    createdAt: input.createdAt ?? now,
    _updatedAt: now,
    ...(input.customFields ? { customFields: input.customFields } : {}),
    ...(input.requirePasswordChange ? { requirePasswordChange: true } : {}),
    services: {
      ...(input.password ? { password: { sha256: sha256Hex(input.password) } } : {}),
      resume: { loginTokens: [] },
      ...(input.optIn && core.settings.bool('Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In')
        ? { email2fa: { enabled: true } }
        : {}),
      ...input.services,
    },
  };
  core.state.users.set(user._id, user);
  core.touch();
  if (user.username && user.type === 'user' && input.joinDefaultChannels !== false) joinDefaultChannels(core, user);
  if (user.username && user.type === 'user') core.events.emit('integration', 'userCreated', { userId: user._id });
  return user;
}

/** User names are compared without regard to case. */
export function userByName({ state }: Core, username: string): User | undefined {
  const wanted = username.toLowerCase();
  return [...state.users.values()].find((user) => user.username?.toLowerCase() === wanted);
}

export function userByEmail({ state }: Core, email: string): User | undefined {
  const wanted = email.toLowerCase();
  return [...state.users.values()].find((user) => user.emails.some(({ address }) => address.toLowerCase() === wanted));
}

/** @throws RcError `error-invalid-user` */
export function existingUser(core: Core, userId: string): User {
  const user = core.state.users.get(userId);
  if (!user) throw refusal('error-invalid-user', 'Invalid user');
  return user;
}

/**
 * Whether a name may be given to `own` (undefined: to a new account).
 *
 * @throws RcError `error-field-unavailable`, `error-blocked-username`, `error-input-is-not-a-valid-field`
 */
export function checkUsername(core: Core, username: string, own?: User): void {
  if (!new RegExp(`^${core.settings.text('UTF8_User_Names_Validation')}$`).test(username)) {
    throw refusal('error-input-is-not-a-valid-field', `${username} is not a valid username`, {
      method: 'insertOrUpdateUser',
      input: username,
      field: 'Username',
    });
  }
  if (isBlockedName(core, username) && own?.username !== username) {
    throw refusal('error-blocked-username', `${username} is blocked and can't be used!`, { field: 'username' });
  }
  const other = userByName(core, username);
  if (other && other !== own) throw unavailable('Username', username);
}

/** @throws RcError `error-field-unavailable`, `error-invalid-email` */
export function checkEmail(core: Core, email: string, own?: User): void {
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email))
    throw refusal('error-invalid-email', `Invalid email ${email}`, { email });
  const other = userByEmail(core, email);
  if (other && other !== own) throw unavailable('Email', email);
}

function unavailable(field: string, value: string) {
  return refusal('error-field-unavailable', `${value} is already in use :(`, {
    method: 'insertOrUpdateUser',
    field,
  });
}

function isBlockedName({ settings }: Core, username: string): boolean {
  const blocked = [
    'all',
    'here',
    ...settings.list('Accounts_SystemBlockedUsernameList'),
    ...settings.list('Accounts_BlockedUsernameList'),
  ];
  return blocked.some((name) => name.toLowerCase() === username.toLowerCase());
}

/** The user whom a request names by `userId`, `username`, `user`, `importId` or `email`. @throws RcError */
export function namedUser(core: Core, input: Readonly<Record<string, unknown>>): User {
  const text = (key: string) => (typeof input[key] === 'string' ? input[key] : undefined);
  const [id, name, email, importId] = [
    text('userId'),
    text('username') ?? text('user'),
    text('email'),
    text('importId'),
  ];
  if (!id && !name && !email && !importId) {
    throw refusal('error-user-param-not-provided', 'The required "userId" or "username" param was not provided');
  }
  const found =
    (id && core.state.users.get(id)) ||
    (name && userByName(core, name)) ||
    (email && userByEmail(core, email)) ||
    (importId && [...core.state.users.values()].find((user) => user.importIds?.includes(importId)));
  if (!found) throw plainRefusal('User not found.');
  return found;
}
