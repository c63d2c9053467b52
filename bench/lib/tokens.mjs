import { createHmac } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The API's own key for access tokens; read when it is needed, because a fresh checkout is built only after this file was loaded. */
export async function accessTokenKey(secret) {
  const { deriveKey } = await import('../../apps/api/dist/modules/auth/keys.js');
  return deriveKey(secret, 'access-token');
}

/**
 * An access token as the API signs it (HS256 over session and user), for an account whose session was seeded.
 * @param key of `accessTokenKey`
 */
export function mintAccessToken(key, { id, sessionId }) {
  const now = Math.floor(Date.now() / 1000);
  const content = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: id, sid: sessionId, iat: now, exp: now + 3600 })}`;
  const signature = createHmac('sha256', key).update(content).digest('base64url');
  return `${content}.${signature}`;
}
