import { describe, expect, it } from '@jest/globals';
import { backoffDelay } from './backoff';

describe('delay before the next connection attempt', () => {
  it('doubles up to the maximum', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 50].map((n) => backoffDelay(n, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 15000, 15000, 15000,
    ]);
  });

  it('is spread over the upper half, so that clients do not come back together', () => {
    expect(backoffDelay(3, () => 0)).toBe(2000);
    expect(backoffDelay(3, () => 0.5)).toBe(3000);
  });
});
