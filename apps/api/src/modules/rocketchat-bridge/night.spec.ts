import { nightBefore } from './night.js';

it.each([
  ['2026-11-21T03:00:00Z', 0, '2026-11-21T02:00:00.000Z'],
  ['2026-11-21T02:00:00Z', 0, '2026-11-21T02:00:00.000Z'],
  ['2026-11-21T01:59:59Z', 0, '2026-11-20T02:00:00.000Z'],
  ['2026-11-21T02:10:00Z', 1_800_000, '2026-11-20T02:30:00.000Z'],
  ['2026-03-01T00:00:00Z', 60_000, '2026-02-28T02:01:00.000Z'],
])('the night before %s, later by %d ms, is %s', (now, jitter, night) =>
  expect(nightBefore(new Date(now), jitter).toISOString()).toBe(night),
);
