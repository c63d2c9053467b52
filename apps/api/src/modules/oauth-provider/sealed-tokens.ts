import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../auth/keys.js';

/**
 * Codes and tokens are not stored, not even as hashes: each is a grant's id, some numbers and an HMAC-SHA-256 over both, under a
 * key of its own per kind (docs/decisions/0004). Whether it still works stands in the grant's row.
 */
type Kind = 'oauth-code' | 'oauth-access-token' | 'oauth-refresh-token' | 'oauth-device-code';

const ID_BYTES = 16;
const MAC_BYTES = 32;

/** What an access token says about itself. */
export interface AccessTokenClaim {
  readonly grantId: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Bit n set: the n-th scope of the grant is in the token. */
  readonly scopeMask: number;
}

export interface RefreshTokenClaim {
  readonly grantId: string;
  readonly generation: number;
}

/** Makes and reads everything that an application is handed. Text is base64url, 64 to 83 characters. */
export class SealedTokens {
  private readonly keys: Readonly<Record<Kind, Buffer>>;

  constructor(secret: string) {
    this.keys = {
      'oauth-code': deriveKey(secret, 'oauth-code'),
      'oauth-access-token': deriveKey(secret, 'oauth-access-token'),
      'oauth-refresh-token': deriveKey(secret, 'oauth-refresh-token'),
      'oauth-device-code': deriveKey(secret, 'oauth-device-code'),
    };
  }

  code(grantId: string): string {
    return this.seal('oauth-code', grantId, []);
  }

  /** The grant whose code this is, or null when we did not make it. */
  readCode(code: string): string | null {
    return this.open('oauth-code', code, 0)?.id ?? null;
  }

  deviceCode(id: string): string {
    return this.seal('oauth-device-code', id, []);
  }

  readDeviceCode(code: string): string | null {
    return this.open('oauth-device-code', code, 0)?.id ?? null;
  }

  refreshToken({ grantId, generation }: RefreshTokenClaim): string {
    return this.seal('oauth-refresh-token', grantId, [generation]);
  }

  readRefreshToken(token: string): RefreshTokenClaim | null {
    const opened = this.open('oauth-refresh-token', token, 1);
    return opened === null ? null : { grantId: opened.id, generation: opened.numbers[0] ?? 0 };
  }

  accessToken({ grantId, issuedAt, expiresAt, scopeMask }: AccessTokenClaim): string {
    return this.seal('oauth-access-token', grantId, [issuedAt, expiresAt, scopeMask]);
  }

  /** What a token of ours claims, also when it has expired. */
  readAccessToken(token: string): AccessTokenClaim | null {
    const opened = this.open('oauth-access-token', token, 3);
    if (opened === null) return null;
    const [issuedAt = 0, expiresAt = 0, scopeMask = 0] = opened.numbers;
    return { grantId: opened.id, issuedAt, expiresAt, scopeMask };
  }

  private seal(kind: Kind, id: string, numbers: readonly number[]): string {
    const bodyLength = ID_BYTES + 4 * numbers.length;
    const token = Buffer.allocUnsafe(bodyLength + MAC_BYTES);
    token.write(id.replaceAll('-', ''), 0, 'hex');
    numbers.forEach((number, index) => token.writeUInt32BE(number, ID_BYTES + 4 * index));
    this.mac(kind, token.subarray(0, bodyLength)).copy(token, bodyLength);
    return token.toString('base64url');
  }

  private open(kind: Kind, token: string, count: number): { id: string; numbers: number[] } | null {
    const bodyLength = ID_BYTES + 4 * count;
    if (token.length > 200) return null;
    const raw = Buffer.from(token, 'base64url');
    // Exactly one spelling: lenient decoding would let one token travel under several texts.
    if (raw.length !== bodyLength + MAC_BYTES || raw.toString('base64url') !== token) return null;
    const body = raw.subarray(0, bodyLength);
    if (!timingSafeEqual(raw.subarray(bodyLength), this.mac(kind, body))) return null;
    const hex = raw.toString('hex', 0, ID_BYTES);
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    return { id, numbers: Array.from({ length: count }, (_, index) => raw.readUInt32BE(ID_BYTES + 4 * index)) };
  }

  private mac(kind: Kind, body: Buffer): Buffer {
    return createHmac('sha256', this.keys[kind]).update(body).digest();
  }
}

/** The places of `some` in `all`, as a bit mask. */
export function scopeMask(all: readonly string[], some: readonly string[]): number {
  return all.reduce((mask, name, index) => (some.includes(name) ? mask | (1 << index) : mask), 0);
}

/** The scopes that a mask names. */
export function scopesOf<T extends string>(all: readonly T[], mask: number): T[] {
  return all.filter((_, index) => (mask & (1 << index)) !== 0);
}
