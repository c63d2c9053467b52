import { type RocketChatError, isRocketChatError } from '../errors.js';
import { wasNotSent } from './exchange.js';
import type { Safety } from './route.js';

export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** Pause after the first failure, ms; doubles with each one. */
  readonly baseDelayMs: number;
  /** Longest pause, ms. */
  readonly maxDelayMs: number;
}

/** Whether the same call may be sent again after this failure. */
export function mayRepeat(error: unknown, safety: Safety): error is RocketChatError {
  if (!isRocketChatError(error, 'unreachable', 'timeout', 'unavailable')) return false;
  return safety === 'repeat' || wasNotSent(error);
}

/**
 * The pause before the next try: doubling, of which a random half is taken off, so that many clients do not come back at once.
 *
 * @param failures so far, from 1
 * @param random in [0, 1)
 */
export function backoff({ baseDelayMs, maxDelayMs }: RetryPolicy, failures: number, random: () => number): number {
  const full = Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1));
  return full / 2 + (full / 2) * random();
}
