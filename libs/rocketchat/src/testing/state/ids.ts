import { createHash, randomBytes } from 'node:crypto';

/** Letters and digits that cannot be taken for one another, as Meteor uses them. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz';

/** A document id as Meteor makes them: 17 letters and digits. */
export function randomId(length = 17): string {
  return [...randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** A login token as Meteor makes them: 43 letters, digits, `-` and `_`. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** How a login token is kept. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** Lower-case hexadecimal SHA-256: a password on its way, and the code of the password fallback. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
