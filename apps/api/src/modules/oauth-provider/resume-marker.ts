import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey } from '../auth/keys.js';

/** What somebody has just done for the sake of one authorize request. */
export interface Resume {
  /** Milliseconds since 1970 when we sent them to the sign-in page; 0: we did not. */
  readonly loginAskedAt: number;
  /** Who answered the consent page with yes, or null. */
  readonly consentBy: string | null;
  /** Milliseconds since 1970 when the marker was made. */
  readonly at: number;
}

/** Milliseconds for which coming back counts as the answer. */
const LIFE_MS = 15 * 60_000;

/**
 * A sealed note in the address of a resumed request: `prompt=login` and `prompt=consent` ask for something to be done now, and
 * without the note nobody could tell "was just done" from "ask again". Bound to the very request.
 */
export class ResumeMarkers {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = deriveKey(secret, 'oauth-resume');
  }

  /** @param query the authorize request's own query, without marker */
  make(query: string, { loginAskedAt, consentBy }: Omit<Resume, 'at'>): string {
    const body = `${Date.now()}~${loginAskedAt}~${consentBy ?? ''}`;
    return `${body}~${this.mac(body, query)}`;
  }

  /** What the marker says, or null when it is not ours, too old, or another request's. */
  read(query: string, marker: string | null): Resume | null {
    if (marker === null || marker.length > 200) return null;
    const at = marker.lastIndexOf('~');
    const body = marker.slice(0, Math.max(at, 0));
    const [given, made] = [Buffer.from(marker.slice(at + 1)), Buffer.from(this.mac(body, query))];
    if (given.length !== made.length || !timingSafeEqual(given, made)) return null;
    const [madeAt = '', loginAskedAt = '', consentBy = ''] = body.split('~');
    if (Number(madeAt) < Date.now() - LIFE_MS) return null;
    return {
      at: Number(madeAt),
      loginAskedAt: Number(loginAskedAt),
      consentBy: consentBy === '' ? null : consentBy,
    };
  }

  private mac(body: string, query: string): string {
    return createHmac('sha256', this.key).update(`${body}\n${query}`).digest('base64url');
  }
}
