import { createHmac } from 'node:crypto';
import { deriveKey } from '../../apps/api/dist/modules/auth/keys.js';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access token as the API signs it (HS256 over session and user), for an account whose session was seeded. */
export function mintAccessToken(secret, { id, sessionId }) {
  const now = Math.floor(Date.now() / 1000);
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: id, sid: sessionId, iat: now, exp: now + 3600 })}`;
  const signature = createHmac('sha256', deriveKey(secret, 'access-token')).update(content).digest('base64url');
  return `${content}.${signature}`;
}
