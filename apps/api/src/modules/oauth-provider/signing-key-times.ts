/** Seconds for which applications and proxies may keep `GET /o/jwks/`. */
export const JWKS_MAX_AGE_SECONDS = 300;
/** Seconds after which a process looks again which keys there are, at the latest. */
export const RELOAD_SECONDS = 30;
/** Seconds by which the clocks of database and processes may differ. */
const CLOCK_SKEW_SECONDS = 30;

/**
 * Seconds that a key is published before anything is signed with it: until then a process may not yet publish it, and whoever asked
 * that process may keep its answer.
 */
export const PUBLISHED_BEFORE_USE_SECONDS = RELOAD_SECONDS + JWKS_MAX_AGE_SECONDS + CLOCK_SKEW_SECONDS;

/** Seconds that a key is published after its last use: as long as a token may live that a process signed which had not heard of it yet. */
export function publishedAfterUseSeconds(idTokenSeconds: number): number {
  return RELOAD_SECONDS + CLOCK_SKEW_SECONDS + idTokenSeconds + JWKS_MAX_AGE_SECONDS;
}

/** What the times of a key say about its use; milliseconds since 1970. */
export interface KeyTimes {
  /** From when on it signs; null: not yet known. May lie ahead. */
  readonly activatedAt: number | null;
  /** When its successor takes over; null: it has none yet. May lie ahead. */
  readonly retiredAt: number | null;
}

/** Whether a key stands in the JWKS. */
export function isPublished(key: KeyTimes, now: number, idTokenSeconds: number): boolean {
  return key.retiredAt === null || key.retiredAt + publishedAfterUseSeconds(idTokenSeconds) * 1000 > now;
}

/**
 * The key that signs at this moment: of those whose time has come the one whose time came last. A key that was exchanged before it
 * was published for long enough leaves its predecessor signing for the while.
 */
export function signerAt<K extends KeyTimes>(keys: readonly K[], now: number, idTokenSeconds: number): K | undefined {
  let signer: K | undefined;
  for (const key of keys) {
    if (key.activatedAt === null || key.activatedAt > now || !isPublished(key, now, idTokenSeconds)) continue;
    if (signer === undefined || key.activatedAt > (signer.activatedAt ?? 0)) signer = key;
  }
  return signer;
}
