import type { Core } from '../core.js';
import { addMember } from '../domain/membership.js';
import { canRead, markRead, postMessage, totalUnread } from '../domain/messages.js';
import { hasPermission, subscriptionOf } from '../domain/permissions.js';
import { signIn, type SignedIn } from '../domain/sign-in.js';
import { findByToken, tokenExpires } from '../domain/tokens.js';
import { refusal } from '../http/errors.js';
import type { LegacyFlow } from '../oauth/legacy.js';
import type { Room, User } from '../state/model.js';

/** One call of a method. */
export interface MethodCall {
  core: Core;
  user: User | undefined;
  params: unknown[];
  ip: string;
  userAgent: string;
}

type Input = Readonly<Record<string, unknown>>;
const input = (value: unknown) => (typeof value === 'object' && value !== null ? value : {}) as Input;

/** `login` by a resume token, a password, an `Accounts_iframe` token, or what the legacy flow left behind. */
export function login({ core, params, ip, userAgent }: MethodCall, legacy: LegacyFlow): SignedIn {
  const wanted = input(params[0]);
  const totp = input(wanted['totp']);
  const code = typeof totp['code'] === 'string' ? totp['code'] : undefined;
  const oauth = input((totp['login'] as Input | undefined)?.['oauth'] ?? wanted['oauth']);
  if (typeof oauth['credentialToken'] === 'string') {
    const secret = typeof oauth['credentialSecret'] === 'string' ? oauth['credentialSecret'] : null;
    return legacy.signIn(oauth['credentialToken'], secret, code);
  }
  return signIn(core, { ...wanted, ...(code ? { code } : {}) }, { ip, userAgent });
}

/** What a successful `login` answers. */
export function loginResult(core: Core, { user, token, resumed }: SignedIn): unknown {
  const found = findByToken(core, token, user._id);
  return {
    id: user._id,
    token,
    tokenExpires: found ? tokenExpires(core, found.token) : undefined,
    type: resumed ? 'resume' : 'password',
  };
}

function signedIn({ user }: MethodCall): User {
  if (!user) throw refusal('error-invalid-user', 'Invalid user');
  return user;
}

function readable(call: MethodCall, id: unknown): Room {
  const room = call.core.state.rooms.get(String(id));
  if (!room || !canRead(call.core, room, signedIn(call))) throw refusal('error-invalid-room', 'Invalid room');
  return room;
}

/** Methods that Rocket.Chat's own page uses to show a room; a bridge should not need them. */
const METHODS: Readonly<Record<string, (call: MethodCall) => unknown>> = {
  'subscriptions/get': (call) =>
    [...call.core.state.subscriptions.values()].filter(({ u }) => u._id === signedIn(call)._id),

  getRoomByTypeAndName: (call) => {
    const [type, name] = call.params;
    const room = [...call.core.state.rooms.values()].find(
      (one) => one.t === type && (one._id === name || one.name === name || (type === 'd' && isWith(call, one, name))),
    );
    return readable(call, room?._id);
  },

  loadHistory: (call) => {
    const room = readable(call, call.params[0]);
    const { core } = call;
    const preview =
      subscriptionOf(core, room._id, signedIn(call)._id) ?? hasPermission(core, signedIn(call), 'preview-c-room');
    if (!preview) throw refusal('error-not-allowed', 'Not allowed');
    return { messages: core.state.messages.filter(({ rid }) => rid === room._id).slice(-50) };
  },

  sendMessage: (call) => {
    const { rid, msg, _id } = input(call.params[0]);
    const room = readable(call, rid);
    const id = typeof _id === 'string' ? _id : undefined;
    return postMessage(call.core, room, signedIn(call), { text: String(msg ?? ''), _id: id });
  },

  readMessages: (call) => {
    const subscription = subscriptionOf(call.core, String(call.params[0]), signedIn(call)._id);
    if (subscription) markRead(call.core, subscription);
    return true;
  },

  joinRoom: (call) => {
    const room = readable(call, call.params[0]);
    return addMember(call.core, room, signedIn(call));
  },

  unreadTotal: (call) => totalUnread(call.core, signedIn(call)._id),

  'UserPresence:setDefaultStatus': (call) => {
    const [status] = call.params;
    const known = (['online', 'away', 'busy', 'offline'] as const).find((one) => one === status);
    if (!known) throw refusal('error-invalid-status', 'Invalid status');
    signedIn(call).status = known;
    return true;
  },
};

function isWith({ core, user }: MethodCall, room: Room, name: unknown): boolean {
  const others = room.usernames?.filter((one) => one !== user?.username) ?? [];
  return others.length === 1 && others[0] === name && core.state.subscriptions.has(`${room._id}/${user?._id ?? ''}`);
}

/** @throws RcError `404` for a method that is not there */
export function callMethod(name: string, call: MethodCall): unknown {
  const method = METHODS[name];
  if (!method) throw refusal('404', `Method '${name}' not found`);
  return method(call);
}
