const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 3600;

/**
 * Seconds to wait after the n-th failed attempt (1, 2, …): doubling up to an hour, minus up to a third by chance, so that
 * entries which failed together do not come back together. `random` is in [0, 1).
 */
export function backoffSeconds(attempts: number, random = Math.random()): number {
  const full = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** Math.min(attempts - 1, 20));
  return full * (1 - random / 3);
}
