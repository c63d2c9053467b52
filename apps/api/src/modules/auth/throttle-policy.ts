import { createHash } from 'node:crypto';

/** How failed sign-ins turn into waiting. The delay grows, but never becomes a lock: its largest value is a quarter of an hour. */
export interface ThrottleRule {
  /** Failures that cost nothing. */
  readonly free: number;
  /** Seconds of the first delay; each further failure doubles it. */
  readonly firstSeconds: number;
  readonly longestSeconds: number;
  /** Seconds without a failure after which the count begins anew. */
  readonly forgetAfterSeconds: number;
  /** Seconds in which the count halves by itself; null: it only ends by being forgotten. */
  readonly halfLifeSeconds: number | null;
}

const DAY = 86_400;

/** People mistype a few times. Counted for the name as typed, whether anybody has it or not: a delay says nothing about that. */
export const LOGIN_RULE: ThrottleRule = {
  free: 4,
  firstSeconds: 5,
  longestSeconds: 900,
  forgetAfterSeconds: DAY,
  halfLifeSeconds: null,
};
/** One account has several names. So high that it only ever adds to the delay of a name. */
export const ACCOUNT_RULE: ThrottleRule = { ...LOGIN_RULE, free: 20 };
/**
 * Many people share an office's address, and somebody there always mistypes: the count fades and goes down with successes.
 * One guesser tries many accounts.
 */
export const ADDRESS_RULE: ThrottleRule = {
  ...LOGIN_RULE,
  free: 30,
  forgetAfterSeconds: 3_600,
  halfLifeSeconds: 600,
};

/** What is left of a count after so many seconds without a failure. The statement that counts failures computes the same. */
export function countAfter(failures: number, seconds: number, rule: ThrottleRule): number {
  if (seconds >= rule.forgetAfterSeconds) return 0;
  return rule.halfLifeSeconds === null ? failures : failures * 0.5 ** (seconds / rule.halfLifeSeconds);
}

/** Seconds to wait after the n-th failure. The statement that counts failures computes the same. */
export function delayAfter(failures: number, rule: ThrottleRule): number {
  if (failures <= rule.free) return 0;
  return Math.min(rule.longestSeconds, rule.firstSeconds * 2 ** Math.min(Math.max(failures - rule.free - 1, 0), 20));
}

/** Key of an existing account. */
export const accountKey = (userId: string): string => `user:${userId}`;

/** Key of a name as typed, a user name or an address. */
export const loginKey = (login: string): string =>
  `login:${createHash('sha256').update(login.toLowerCase()).digest('hex')}`;
