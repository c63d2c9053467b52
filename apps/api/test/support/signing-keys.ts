import { calculateJwkThumbprint, type JWK } from 'jose';
import pg from 'pg';
import { deriveKey } from '../../src/modules/auth/keys.js';
import { sealKey } from '../../src/modules/oauth-provider/sealed-key.js';

/**
 * Gives a fresh database the two keys that a first start would make, so that not every test application searches for primes. The keys are
 * those of this run of Jest (`scripts/jest/global-setup.mjs`), sealed with the application's own secret.
 */
export async function putSigningKeys(databaseUrl: string, authSecret: string): Promise<void> {
  const pairs = JSON.parse(process.env['TEST_SIGNING_KEYS'] ?? '[]') as { publicJwk: JWK; privateJwk: JWK }[];
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    for (const [index, { publicJwk, privateJwk }] of pairs.entries()) {
      const kid = await calculateJwkThumbprint(publicJwk);
      await client.query(
        `INSERT INTO oauth_signing_keys (kid, alg, state, public_jwk, private_sealed, created_at, activated_at)
         VALUES ($1, 'RS256', $2, $3, $4, clock_timestamp(), $5)`,
        [
          kid,
          index === 0 ? 'current' : 'next',
          JSON.stringify({ ...publicJwk, kid, alg: 'RS256', use: 'sig' }),
          sealKey(deriveKey(authSecret, 'oauth-signing-keys'), kid, privateJwk),
          index === 0 ? new Date() : null,
        ],
      );
    }
  } finally {
    await client.end();
  }
}
