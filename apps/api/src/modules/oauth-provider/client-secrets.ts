import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '../../common/ids.js';
import { deriveKey } from '../auth/keys.js';

const SECRET_BYTES = 32;
/** Lets people and secret scanners tell what a leaked text is. */
const PREFIX = 'bsk_';
const HINT_LENGTH = 4;

/** A secret as it is stored. */
export interface StoredSecret {
  readonly id: string;
  /** HMAC-SHA-256, hex. */
  readonly hash: string;
  /** Its last four characters. */
  readonly hint: string;
}

/**
 * Secrets of confidential clients. They are long and random, so a keyed hash protects them as well as a slow one would, and the token
 * endpoint stays quick; a copy of the database is worth nothing without the portal's secret.
 */
export class ClientSecrets {
  private readonly key: Buffer;

  /** @param secret the portal's one secret */
  constructor(secret: string) {
    this.key = deriveKey(secret, 'oauth-client-secret');
  }

  /** A new secret; `secret` is told once and kept nowhere. */
  make(): { secret: string; stored: StoredSecret } {
    const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    return { secret, stored: this.stored(secret) };
  }

  /** How a given secret is stored. */
  stored(secret: string): StoredSecret {
    return { id: newId(), hash: this.digest(secret).toString('hex'), hint: secret.slice(-HINT_LENGTH) };
  }

  /** Which of the stored ones was presented; null: none. Takes as long whichever it is. */
  match(stored: readonly Pick<StoredSecret, 'id' | 'hash'>[], presented: string): string | null {
    const digest = this.digest(presented);
    let found: string | null = null;
    for (const { id, hash } of stored) {
      const known = Buffer.from(hash, 'hex');
      if (known.length === digest.length && timingSafeEqual(known, digest)) found = id;
    }
    return found;
  }

  private digest(secret: string): Buffer {
    return createHmac('sha256', this.key).update(secret, 'utf8').digest();
  }
}
