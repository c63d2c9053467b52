/**
 * Milliseconds to wait before attempt number `attempt` (0 is the first): doubling up to `max`, with "full jitter" in the upper
 * half so that a thousand clients of a restarted server do not come back in the same instant.
 */
export function backoffDelay(attempt: number, random: () => number = Math.random, base = 500, max = 15_000): number {
  const ceiling = Math.min(max, base * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
