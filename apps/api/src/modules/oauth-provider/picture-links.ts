import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../auth/keys.js';

/**
 * Addresses of people's pictures for other applications, which have no session here: a server that fetches the picture, or a page
 * that shows it. The address is told only to applications that may know the person, opens that one version of the picture, and
 * cannot be made up.
 */
export class PictureLinks {
  private readonly key: Buffer;

  constructor(
    secret: string,
    private readonly publicUrl: string,
  ) {
    this.key = deriveKey(secret, 'oauth-picture');
  }

  /** Absolute address, or null for somebody without a picture (version 0). */
  of(userId: string, version: number): string | null {
    return version === 0
      ? null
      : `${this.publicUrl}/o/pictures/${userId}/${version}-${this.seal(userId, version)}.webp`;
  }

  /** The version that a file name of ours opens, or null. */
  read(userId: string, file: string): number | null {
    const [, version = '', seal = ''] = /^(\d{1,10})-([A-Za-z0-9_-]{22})\.webp$/.exec(file) ?? [];
    const made = Buffer.from(this.seal(userId, Number(version)));
    const given = Buffer.from(seal);
    return given.length === made.length && timingSafeEqual(given, made) ? Number(version) : null;
  }

  private seal(userId: string, version: number): string {
    return createHmac('sha256', this.key).update(`${userId} ${version}`).digest('base64url').slice(0, 22);
  }
}
