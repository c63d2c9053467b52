import type { Core } from '../core.js';
import { RcError, refusal } from '../http/errors.js';
import type { Input } from '../http/input.js';
import { sha256Hex } from '../state/ids.js';
import type { User } from '../state/model.js';
import { checkSecondFactor } from './second-factor.js';
import { findByToken, issueToken } from './tokens.js';
import { userByEmail, userByName } from './users.js';

export interface SignedIn {
  user: User;
  token: string;
  /** The session was there before. */
  resumed: boolean;
}

export interface Visitor {
  ip: string;
  userAgent: string;
}

/**
 * Signs in by `{resume}`, by `{iframe: true, token}`, or by a user (`user`, `username` or `email`) with a password, plain or as a SHA-256 digest.
 *
 * @throws RcError with the codes of a refused sign-in; how they are told is the caller's business
 */
export function signIn(core: Core, input: Input, visitor: Visitor): SignedIn {
  if (typeof input['resume'] === 'string') {
    const found = findByToken(core, input['resume']);
    if (!found) throw loginRefused("You've been logged out by the server. Please log in again.");
    admit(found.user);
    return { user: found.user, token: input['resume'], resumed: true };
  }
  if (input['iframe'] === true) return open(core, byFrameToken(core, input['token']));
  const user = userOf(core, input);
  core.lockOut.check(user?._id, visitor.ip);
  if (!user?.services.password || user.services.password.sha256 !== digestOf(input['password'])) {
    core.lockOut.fail(user?._id, visitor.ip);
    throw loginRefused('Unauthorized');
  }
  admit(user);
  checkSecondFactor(core, {
    user,
    code: typeof input['code'] === 'string' ? input['code'] : undefined,
    client: `${visitor.userAgent} ${visitor.ip}`,
    path: 'login',
    login: true,
  });
  core.lockOut.succeed(user._id, visitor.ip);
  return open(core, user);
}

/** Opens a session for somebody who has been recognised. @throws RcError `error-user-is-not-activated` */
export function open(core: Core, user: User): SignedIn {
  admit(user);
  user.lastLogin = core.clock.date();
  user.status = 'online';
  return { user, token: issueToken(core, user), resumed: false };
}

/** Only accounts that are switched on come in. */
export function admit(user: User): void {
  if (!user.active) throw refusal('error-user-is-not-activated', 'User is not activated');
}

/** The token that the portal's frame answer `{token}` names. */
function byFrameToken(core: Core, token: unknown): User {
  const found = [...core.state.users.values()].find(({ services }) => services.iframe?.token === token && token);
  if (!core.settings.bool('Accounts_iframe_enabled') || !found) throw loginRefused('Unauthorized');
  return found;
}

/** A refused sign-in without a code of its own. */
function loginRefused(text: string): RcError {
  return new RcError(401, { error: text, message: text });
}

/** Users are named directly or as `{user: {username | email}}`. */
function userOf(core: Core, input: Input): User | undefined {
  const nested = typeof input['user'] === 'object' && input['user'] !== null ? (input['user'] as Input) : {};
  const name =
    nested['username'] ?? input['username'] ?? (typeof input['user'] === 'string' ? input['user'] : undefined);
  const email = nested['email'] ?? input['email'];
  if (typeof name === 'string') return name.includes('@') ? userByEmail(core, name) : userByName(core, name);
  return typeof email === 'string' ? userByEmail(core, email) : undefined;
}

function digestOf(password: unknown): string | undefined {
  if (typeof password === 'string') return sha256Hex(password);
  const digest = typeof password === 'object' && password !== null ? (password as Input)['digest'] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}
