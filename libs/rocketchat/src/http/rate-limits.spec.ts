import { SkippingClock } from '../testing/scripted-server.js';
import { RateLimits, retryAfterIn } from './rate-limits.js';

const ROUTE = 'POST users.create';

function headers(remaining: number, reset: number, date?: number): Headers {
  return new Headers({
    'X-RateLimit-Limit': '10',
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(reset),
    ...(date === undefined ? {} : { Date: new Date(date).toUTCString() }),
  });
}

describe('the limits of a route', () => {
  let clock: SkippingClock;
  let limits: RateLimits;
  beforeEach(() => {
    clock = new SkippingClock();
    limits = new RateLimits(clock);
  });

  it('are waited for until the reset, which is in milliseconds', async () => {
    await limits.enter(ROUTE);
    limits.settle(ROUTE, { status: 200, headers: headers(0, clock.now() + 42_000) });
    expect(limits.waitFor(ROUTE)).toBeGreaterThan(41_000);
    expect(await limits.enter(ROUTE)).toBeGreaterThanOrEqual(41_000);
    expect(clock.sleeps).toHaveLength(1);
    expect(limits.waitFor('GET users.info')).toBe(0);
  });

  it('are read against the clock of the server, however wrong either is', async () => {
    const theirs = clock.now() + 3 * 60 * 60_000;
    await limits.enter(ROUTE);
    limits.settle(ROUTE, { status: 200, headers: headers(0, theirs + 30_000, theirs) });
    expect(limits.waitFor(ROUTE)).toBeGreaterThan(28_000);
    expect(limits.waitFor(ROUTE)).toBeLessThanOrEqual(31_000);
  });

  it('that make no sense never stop a call for long', async () => {
    await limits.enter(ROUTE);
    limits.settle(ROUTE, { status: 200, headers: headers(0, clock.now() + 10 ** 12) });
    expect(limits.waitFor(ROUTE)).toBeLessThanOrEqual(5 * 60_000);
    await limits.enter('GET me');
    limits.settle('GET me', {
      status: 200,
      headers: new Headers({ 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': 'soon' }),
    });
    expect(limits.waitFor('GET me')).toBe(0);
  });

  it('hold for calls under way too, and answers that overtake each other do not raise them', async () => {
    const reset = clock.now() + 60_000;
    for (let call = 0; call < 4; call += 1) await limits.enter(ROUTE);
    limits.settle(ROUTE, { status: 200, headers: headers(2, reset) });
    limits.settle(ROUTE, { status: 200, headers: headers(5, reset) });
    limits.settle(ROUTE, { status: 200, headers: headers(4, reset) });
    limits.settle(ROUTE, { status: 200, headers: headers(3, reset) });
    await limits.enter(ROUTE);
    await limits.enter(ROUTE);
    expect(limits.waitFor(ROUTE)).toBeGreaterThan(0);
  });

  it('are probed by a few calls at first, and by all once a caller turns out to be free of them', async () => {
    let granted = 0;
    const all = Promise.all(Array.from({ length: 20 }, () => limits.enter(ROUTE).then(() => (granted += 1))));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(granted).toBe(5);
    limits.settle(ROUTE, { status: 200, headers: new Headers() });
    await all;
    expect(granted).toBe(20);
    expect(clock.sleeps).toEqual([]);
  });

  it('let calls through in the order they came, without one that was given up', async () => {
    await limits.enter(ROUTE);
    limits.settle(ROUTE, { status: 200, headers: headers(0, clock.now() + 1_000) });
    const order: number[] = [];
    const stop = new AbortController();
    const calls = [1, 2, 3, 4].map((call) =>
      limits.enter(ROUTE, call === 2 ? stop.signal : undefined).then(() => order.push(call)),
    );
    stop.abort(new Error('given up'));
    const results = await Promise.allSettled(calls);
    expect(order).toEqual([1, 3, 4]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});

describe('the time that a refusal tells', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  it.each([
    ['seconds', { 'Retry-After': '7' }, 7_000],
    ['a moment', { 'Retry-After': 'Sat, 21 Nov 2026 12:00:09 GMT' }, 9_000],
    ["the server's own reset", { 'X-RateLimit-Reset': String(now + 5_000) }, 5_000],
    ['nothing', {}, undefined],
  ])('may be %s', (_name, told, expected) => {
    expect(retryAfterIn(new Headers(told as Record<string, string>), now)).toBe(expected);
  });
});
