import type { Core } from '../core.js';
import { refusal, type RcError } from '../http/errors.js';
import { randomInt } from 'node:crypto';
import { sha256Hex } from '../state/ids.js';
import type { LoginToken, User } from '../state/model.js';

type Method = 'totp' | 'email' | 'password';
const OWN_KEYS = new Set(['password', 'resume', 'totp', 'email2fa', 'iframe', 'email']);

export interface SecondFactorRequest {
  user: User;
  token?: LoginToken | undefined;
  code?: string | undefined;
  method?: string | undefined;
  /** User agent and address: what a remembered factor is bound to. */
  client: string;
  path: string;
  /** Remembers no earlier factor. */
  strict?: boolean;
  /** A sign-in: there is no password to fall back to. */
  login?: boolean;
}

/**
 * The second factor of an account. Passes when none is needed.
 *
 * @throws RcError `totp-required` with the methods, `totp-invalid` for a wrong code
 */
export function checkSecondFactor(core: Core, request: SecondFactorRequest): void {
  if (!isNeeded(core, request)) return;
  const { user, code } = request;
  const available = methodsOf(core, request);
  const [first] = available;
  if (!first) return;
  const method = available.find((one) => one === request.method) ?? first;
  if (!code) throw required(user, method, available);
  if (core.faults.find('two-factor-invalid') || !isRight(user, method, code)) {
    throw refusal('totp-invalid', 'TOTP Invalid', { method });
  }
  if (!request.token) return;
  const remember = core.settings.number('Accounts_TwoFactorAuthentication_RememberFor') * 1000;
  request.token.twoFactorAuthorizedUntil = new Date(core.clock.now() + remember);
  request.token.twoFactorAuthorizedHash = request.client;
}

function isNeeded(core: Core, { user, token, client, path, strict, login }: SecondFactorRequest): boolean {
  if (core.env['TEST_MODE'] === 'true') return false;
  if (!core.settings.bool('Accounts_TwoFactorAuthentication_Enabled')) return false;
  const bypass = token?.type === 'personalAccessToken' && token.bypassTwoFactor;
  if (bypass && !core.faults.find('pat-bypass-broken')) return false;
  if (!login && core.faults.hit('two-factor-required', path)) return true;
  const remember = core.settings.number('Accounts_TwoFactorAuthentication_RememberFor') * 1000;
  const isNew = core.clock.now() - user.createdAt.getTime() < remember;
  if (isNew && isExcusedWhileNew(core, user, strict)) return false;
  const until = token?.twoFactorAuthorizedUntil?.getTime() ?? 0;
  return strict === true || until <= core.clock.now() || token?.twoFactorAuthorizedHash !== client;
}

function isExcusedWhileNew(core: Core, user: User, strict = false): boolean {
  if (!core.profile.graceIsForStrict) return !strict;
  return !user.services.totp?.enabled;
}

function methodsOf(core: Core, { user, login }: SecondFactorRequest): Method[] {
  const methods: Method[] = [];
  if (user.services.totp?.enabled) methods.push('totp');
  if (mayMail(core, user)) methods.push('email');
  const fallback = core.settings.bool('Accounts_TwoFactorAuthentication_Enforce_Password_Fallback');
  if (!login && fallback && user.services.password) methods.push('password');
  return methods;
}

function mayMail({ settings }: Core, user: User): boolean {
  if (!settings.bool('Accounts_TwoFactorAuthentication_By_Email_Enabled')) return false;
  if (!user.services.email2fa?.enabled || !user.emails.some(({ verified }) => verified)) return false;
  const fromProvider = Object.keys(user.services).some((key) => !OWN_KEYS.has(key));
  return !fromProvider || settings.bool('Accounts_twoFactorAuthentication_email_available_for_OAuth_users');
}

function required(user: User, method: Method, availableMethods: Method[]): RcError {
  const mailed = method === 'email' && user.services.email2fa;
  if (mailed) mailed.code = String(randomInt(100_000, 1_000_000));
  return refusal('totp-required', 'TOTP Required', { method, codeGenerated: method === 'email', availableMethods });
}

function isRight(user: User, method: Method, code: string): boolean {
  if (method === 'totp') return user.services.totp?.code === code;
  if (method === 'email') return user.services.email2fa?.code === code;
  // The double keeps exactly the digest that is the answer; a code in upper case is wrong.
  return user.services.password?.sha256 === code && code !== sha256Hex('');
}
