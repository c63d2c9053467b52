import { ADDRESS_RULE, countAfter, delayAfter, LOGIN_RULE, loginKey } from './throttle-policy.js';

describe('delays', () => {
  it('begin after some failures, double, and stop growing', () => {
    const delays = Array.from({ length: 15 }, (_n, n) => delayAfter(n + 1, LOGIN_RULE));
    expect(delays).toEqual([0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    expect(delayAfter(1_000_000, LOGIN_RULE)).toBe(900);
  });

  it('of an address fade: after the longest of them a fresh failure costs nothing', () => {
    const worst = ADDRESS_RULE.free + 9;
    expect(delayAfter(worst, ADDRESS_RULE)).toBe(900);
    expect(delayAfter(countAfter(worst, 900, ADDRESS_RULE) + 1, ADDRESS_RULE)).toBe(0);
    expect(countAfter(40, 600, ADDRESS_RULE)).toBe(20);
    expect(countAfter(40, 3_600, ADDRESS_RULE)).toBe(0);
    expect(countAfter(40, 3_600, LOGIN_RULE)).toBe(40);
  });
});

describe('keys', () => {
  it('of a name as typed: the same whatever the case, and short whatever the name', () => {
    expect(loginKey('Nobody')).toBe(loginKey('nobody'));
    expect(loginKey('x'.repeat(254)).length).toBeLessThan(100);
  });
});
