import { RateLimiter } from './rate-limiter.js';

const rule = { name: 'probe', limit: 5, windowSeconds: 10 };

describe('RateLimiter', () => {
  it('allows the limit at once, then one hit per refilled step', () => {
    const limiter = new RateLimiter();
    const now = 1_000_000;
    for (let left = 4; left >= 0; left--) {
      expect(limiter.hit(rule, 'a', now)).toMatchObject({ allowed: true, remaining: left });
    }
    expect(limiter.hit(rule, 'a', now)).toEqual({ allowed: false, remaining: 0, retryAfter: 2, resetAfter: 10 });
    expect(limiter.hit(rule, 'a', now + 1_999).allowed).toBe(false);
    expect(limiter.hit(rule, 'a', now + 2_000).allowed).toBe(true);
    expect(limiter.hit(rule, 'a', now + 2_000).allowed).toBe(false);
  });

  it('counts an act of several hits whole or not at all', () => {
    const limiter = new RateLimiter();
    expect(limiter.hit(rule, 'a', 0, 6).allowed).toBe(false);
    expect(limiter.hit(rule, 'a', 0, 3)).toMatchObject({ allowed: true, remaining: 2 });
    expect(limiter.hit(rule, 'a', 0, 3)).toMatchObject({ allowed: false, retryAfter: 2 });
    expect(limiter.hit(rule, 'a', 0, 2)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('never lets more than twice the limit through any window', () => {
    const limiter = new RateLimiter();
    let allowed = 0;
    for (let now = 0; now < 10_000; now += 10) if (limiter.hit(rule, 'a', now).allowed) allowed++;
    expect(allowed).toBeLessThanOrEqual(10);
  });

  it('counts keys and rules apart', () => {
    const limiter = new RateLimiter();
    for (let n = 0; n < 5; n++) limiter.hit(rule, 'a', 0);
    expect(limiter.hit(rule, 'a', 0).allowed).toBe(false);
    expect(limiter.hit(rule, 'b', 0).allowed).toBe(true);
    expect(limiter.hit({ ...rule, name: 'other' }, 'a', 0).allowed).toBe(true);
  });

  it('is off with 0, and forgets on reset', () => {
    const limiter = new RateLimiter();
    for (let n = 0; n < 100; n++) expect(limiter.hit({ ...rule, limit: 0 }, 'a', 0).allowed).toBe(true);
    for (let n = 0; n < 6; n++) limiter.hit(rule, 'a', 0);
    limiter.reset('probe', 'a');
    expect(limiter.hit(rule, 'a', 0).allowed).toBe(true);
  });

  it('locks nobody out when the clock is set back', () => {
    const limiter = new RateLimiter();
    for (let n = 0; n < 5; n++) limiter.hit(rule, 'a', 1_000_000);
    expect(limiter.hit(rule, 'a', 0).retryAfter).toBeLessThanOrEqual(2);
    for (let n = 0; n < 5; n++) limiter.hit(rule, 'a', 10_000);
    expect(limiter.hit(rule, 'a', 22_000).allowed).toBe(true);
  });

  it('keeps a bounded number of keys, dropping the one unused for longest', () => {
    const limiter = new RateLimiter();
    const once = { ...rule, limit: 1 };
    limiter.hit(once, 'first', 0);
    for (let n = 0; n < 50_000; n++) limiter.hit(once, `key-${n}`, 0);
    expect(limiter.hit(once, 'first', 0).allowed).toBe(true);
    expect(limiter.hit(once, 'key-49999', 0).allowed).toBe(false);
  });
});
