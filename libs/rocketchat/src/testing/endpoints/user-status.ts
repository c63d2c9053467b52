import { namedUser } from '../domain/users.js';
import { invalidParams, refusal } from '../http/errors.js';
import { optionalText, requiredText, type Input } from '../http/input.js';
import { caller, demand, type Context, type Route } from '../http/route.js';
import type { User } from '../state/model.js';

const STATUSES: readonly User['status'][] = ['online', 'away', 'busy', 'offline'];

/** Without naming anybody, the caller is meant. */
function target(context: Context, input: Input): User {
  const isNamed = ['userId', 'username', 'user'].some((key) => input[key] !== undefined);
  return isNamed ? namedUser(context.core, input) : caller(context);
}

function setStatus(context: Context): unknown {
  const { core, body } = context;
  const user = target(context, body);
  if (user !== caller(context)) demand(context, 'edit-other-user-info');
  const status = optionalText(body, 'status');
  const message = optionalText(body, 'message');
  if (status === undefined && message === undefined) throw invalidParams("must have required property 'status'");
  const known = STATUSES.find((one) => one === status);
  if (status !== undefined && !known)
    throw refusal('error-invalid-status', 'Valid status types include online, away, offline, and busy.');
  if (message !== undefined) user.statusText = message;
  if (known) user.status = known;
  user._updatedAt = core.clock.date();
  core.touch();
  return {};
}

function getStatus(context: Context): unknown {
  const user = target(context, context.query);
  return { _id: user._id, status: user.status, message: user.statusText, connectionStatus: user.status };
}

function getPresence(context: Context): unknown {
  const user = target(context, context.query);
  return {
    presence: user.status,
    ...(user === caller(context) ? { connectionStatus: user.status, lastLogin: user.lastLogin } : {}),
  };
}

function presence({ core, query }: Context): unknown {
  const ids = typeof query['ids'] === 'string' ? query['ids'].split(',') : undefined;
  const from = typeof query['from'] === 'string' ? Date.parse(query['from']) : undefined;
  const users = [...core.state.users.values()]
    .filter((user) => ids?.includes(user._id) ?? true)
    .filter((user) => from === undefined || user._updatedAt.getTime() > from)
    .map(({ _id, username, name, status }) => ({ _id, username, name, status, utcOffset: 0, avatarETag: undefined }));
  return { users, full: from === undefined };
}

/** The picture itself is not fetched: its address is kept, which is what can be compared. */
function setAvatar(context: Context): unknown {
  const { core, body } = context;
  const user = target(context, body);
  if (user !== caller(context)) demand(context, 'edit-other-user-avatar');
  const url = requiredText(body, 'avatarUrl');
  if (!URL.canParse(url)) throw refusal('error-avatar-invalid-url', `Invalid avatar URL: ${url}`);
  if (user.avatarUrl !== url) core.touch();
  user.avatarUrl = url;
  return {};
}

function resetAvatar(context: Context): unknown {
  const user = target(context, context.body);
  if (user !== caller(context)) demand(context, 'edit-other-user-avatar');
  if (user.avatarUrl !== undefined) context.core.touch();
  delete user.avatarUrl;
  return {};
}

export const userStatusRoutes: readonly Route[] = [
  { method: 'POST', path: 'users.setStatus', limit: 5, handle: setStatus },
  { method: 'GET', path: 'users.getStatus', handle: getStatus },
  { method: 'GET', path: 'users.getPresence', handle: getPresence },
  { method: 'GET', path: 'users.presence', handle: presence },
  { method: 'POST', path: 'users.setAvatar', handle: setAvatar },
  { method: 'POST', path: 'users.resetAvatar', handle: resetAvatar },
];
