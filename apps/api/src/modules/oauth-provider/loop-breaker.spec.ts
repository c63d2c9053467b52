import { LoopBreaker } from './loop-breaker.js';

describe('the loop breaker', () => {
  it('counts navigations of one browser to one application within 30 seconds', () => {
    const loops = new LoopBreaker(3);
    expect([0, 1, 2, 3].map((s) => loops.isLoop('a', 'x', s * 1000))).toEqual([false, false, false, true]);
    expect(loops.isLoop('b', 'x', 4000)).toBe(false);
    expect(loops.isLoop('a', 'y', 4000)).toBe(false);
    expect(loops.isLoop('a', 'x', 5000)).toBe(true);
  });

  it('forgets what is older, and what the person has read', () => {
    const loops = new LoopBreaker(3);
    for (const s of [0, 10, 20]) expect(loops.isLoop('a', 'x', s * 1000)).toBe(false);
    expect(loops.isLoop('a', 'x', 30_000)).toBe(false);
    expect(loops.isLoop('a', 'x', 31_000)).toBe(true);
    loops.forget('a', 'x');
    expect(loops.isLoop('a', 'x', 31_001)).toBe(false);
  });

  it('is off at 0', () => {
    const loops = new LoopBreaker(0);
    for (let n = 0; n < 100; n += 1) expect(loops.isLoop('a', 'x', n)).toBe(false);
  });

  it('keeps a bounded number of pairs, the latest used', () => {
    const loops = new LoopBreaker(1);
    loops.isLoop('kept', 'x', 0);
    loops.isLoop('gone', 'x', 0);
    for (let n = 0; n < 9_999; n += 1) {
      loops.isLoop(`p${n}`, 'x', 1);
      if (n === 5_000) expect(loops.isLoop('kept', 'x', 1)).toBe(true);
    }
    expect(loops.isLoop('kept', 'x', 2)).toBe(true);
    expect(loops.isLoop('gone', 'x', 2)).toBe(false);
  });
});
