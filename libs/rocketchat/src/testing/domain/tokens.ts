import type { Core } from '../core.js';
import { hashToken, randomToken } from '../state/ids.js';
import type { LoginToken, User } from '../state/model.js';

/** Sessions and personal access tokens that one account may have. */
const MOST_TOKENS = 50;
const DAY = 86_400_000;

/** Opens a session (or makes a personal access token) and returns the token in clear, once. */
export function issueToken(core: Core, user: User, more: Partial<LoginToken> = {}): string {
  const token = randomToken();
  const list = user.services.resume.loginTokens;
  list.push({ hashedToken: hashToken(token), when: core.clock.date(), ...more });
  while (list.length > MOST_TOKENS) {
    const oldest = list.findIndex(({ type }) => type !== 'personalAccessToken');
    list.splice(Math.max(0, oldest), 1);
  }
  return token;
}

/** When a session opened now ends. */
export function tokenExpires(core: Core, token: LoginToken): Date {
  return new Date(token.when.getTime() + (core.settings.number('Accounts_LoginExpiration') || 90) * DAY);
}

/** The account and the session that a token belongs to; nobody when it ended, expired or never was. */
export function findByToken(
  core: Core,
  token: string | undefined,
  userId?: string,
): { user: User; token: LoginToken } | undefined {
  if (!token || core.faults.find('token-expired')) return undefined;
  const hashed = hashToken(token);
  for (const user of userId ? [core.state.users.get(userId)] : core.state.users.values()) {
    const found = user?.services.resume.loginTokens.find(({ hashedToken }) => hashedToken === hashed);
    if (!user || !found) continue;
    const alive = found.type === 'personalAccessToken' || tokenExpires(core, found).getTime() > core.clock.now();
    return alive ? { user, token: found } : undefined;
  }
  return undefined;
}

/** Ends one session. */
export function endToken(core: Core, user: User, token: LoginToken): void {
  const resume = user.services.resume;
  resume.loginTokens = resume.loginTokens.filter((one) => one !== token);
  core.events.emit('signedOut', user._id, token.hashedToken);
}

/** Ends all sessions, personal access tokens included. */
export function endAllTokens(core: Core, user: User): void {
  user.services.resume.loginTokens = [];
  core.events.emit('signedOut', user._id);
}
