import { randomBytes } from 'node:crypto';
import type { Core } from '../core.js';
import type { SignedIn } from '../domain/sign-in.js';
import { refusal } from '../http/errors.js';

/** How long a code can be redeemed, in ms. */
const LIFE = 60_000;
const codes = new WeakMap<Core, Map<string, { signedIn: SignedIn; ends: number }>>();

function codesOf(core: Core) {
  const own = codes.get(core) ?? new Map<string, { signedIn: SignedIn; ends: number }>();
  codes.set(core, own);
  return own;
}

/** A code of 64 characters for the page, which gets the session for it once. */
export function newLoginCode(core: Core, signedIn: SignedIn): string {
  const code = randomBytes(32).toString('hex');
  codesOf(core).set(code, { signedIn, ends: core.clock.now() + LIFE });
  return code;
}

/** @throws RcError `error-invalid-code` */
export function redeemLoginCode(core: Core, code: string): { loginToken: string; userId: string } {
  const found = codesOf(core).get(code);
  codesOf(core).delete(code);
  if (code.length !== 64 || !found || found.ends < core.clock.now())
    throw refusal('error-invalid-code', 'Invalid code');
  return { loginToken: found.signedIn.token, userId: found.signedIn.user._id };
}
