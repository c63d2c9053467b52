import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from './keys.js';

/**
 * Refresh tokens are not stored. A token is session id (16 bytes), generation (4) and an HMAC over both (32): whoever knows
 * the session's generation can make its token again, which is how a repeated refresh gets the same successor.
 */
const ID_BYTES = 16;
const BODY_BYTES = ID_BYTES + 4;
const MAC_BYTES = 32;

export interface RefreshClaim {
  readonly sessionId: string;
  readonly generation: number;
}

/** Makes and reads refresh tokens with a key of their own out of the portal's secret. */
export class RefreshTokens {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = deriveKey(secret, 'refresh-token');
  }

  /** @returns 70 characters of base64url */
  make({ sessionId, generation }: RefreshClaim): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.write(sessionId.replaceAll('-', ''), 0, 'hex');
    body.writeUInt32BE(generation, ID_BYTES);
    return Buffer.concat([body, this.mac(body)]).toString('base64url');
  }

  /** What the token claims, or null when we did not make it. */
  read(token: string): RefreshClaim | null {
    const raw = Buffer.from(token, 'base64url');
    if (raw.length !== BODY_BYTES + MAC_BYTES) return null;
    const body = raw.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(raw.subarray(BODY_BYTES), this.mac(body))) return null;
    const hex = body.toString('hex', 0, ID_BYTES);
    const sessionId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
      '-',
    );
    return { sessionId, generation: body.readUInt32BE(ID_BYTES) };
  }

  private mac(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest();
  }
}
