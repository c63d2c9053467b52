import { backoffSeconds } from './backoff.js';

it('doubles up to an hour, and never comes back all at once', () => {
  const longest = [1, 2, 3, 4, 11, 12, 13, 1000].map((attempts) => backoffSeconds(attempts, 0));
  expect(longest).toEqual([2, 4, 8, 16, 2048, 3600, 3600, 3600]);
  expect(backoffSeconds(3, 0.999)).toBeGreaterThan(8 * 0.66);
  expect(backoffSeconds(3, 0.999)).toBeLessThan(8 * 0.67);
});
