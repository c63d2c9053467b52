import { PollSchedule } from './poll-schedule.js';

const PACE = { activeMs: 10_000, idleMs: 120_000, leastMs: 1_000 };

/** Lets time pass in steps; everybody who is taken is answered at once. @returns who was asked about, and when */
function run(schedule: PollSchedule, from: number, ms: number, hasChanged = (_id: string): boolean => false) {
  const asked: { id: string; at: number }[] = [];
  for (let at = from; at <= from + ms; at += 100) {
    for (let id = schedule.take(at); id !== null; id = schedule.take(at)) {
      asked.push({ id, at });
      schedule.answered(id, at, hasChanged(id));
    }
  }
  return asked;
}

describe('whose turn it is', () => {
  it('asks about newcomers at once, then less and less often while nothing happens', () => {
    const schedule = new PollSchedule(600, 0, PACE);
    schedule.add('ann', 0);
    expect(run(schedule, 0, 600_000).map(({ at }) => at / 1000)).toEqual([0, 20, 60, 140, 260, 380, 500]);
  });

  it('asks more often again when something happened, or somebody was woken', () => {
    const schedule = new PollSchedule(600, 0, PACE);
    schedule.add('ann', 0);
    run(schedule, 0, 300_000);
    schedule.wake('ann', 300_000);
    const asked = run(schedule, 300_000, 30_000, () => true).map(({ at }) => (at - 300_000) / 1000);
    expect(asked).toEqual([0, 10, 20, 30]);
  });

  it('one who wakes all the time is looked at once a second, and never misses the last change', () => {
    const schedule = new PollSchedule(600, 0, PACE);
    schedule.add('ann', 0);
    expect(schedule.take(0)).toBe('ann');
    schedule.wake('ann', 100);
    expect(schedule.take(200)).toBeNull();
    schedule.answered('ann', 300, false);
    expect([schedule.take(900), schedule.waitMs(900), schedule.take(1_000)]).toEqual([null, 100, 'ann']);
  });

  it('keeps to the budget, whatever happens, and nobody uses it up alone', () => {
    const schedule = new PollSchedule(60, 0, PACE);
    const ids = Array.from({ length: 100 }, (_, i) => `member ${i}`);
    for (const id of ids) schedule.add(id, 0);
    const asked: { id: string; at: number }[] = [];
    for (let minute = 0; minute < 10; minute += 1) {
      for (let second = 0; second < 60; second += 1) {
        const at = (minute * 60 + second) * 1_000;
        schedule.wake('member 0', at);
        schedule.wake('member 1', at);
        asked.push(...run(schedule, at, 900));
      }
    }
    expect(asked.length).toBeLessThanOrEqual(600 + 10);
    expect(asked.length).toBeGreaterThan(590);
    // The two who wake all the time get what the others leave: everybody else is asked about as often as everybody else.
    const times = ids.slice(2).map((id) => asked.filter((one) => one.id === id).length);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(2);
  });

  it('forgets who has gone, also while they are asked about', () => {
    const schedule = new PollSchedule(600, 0, PACE);
    schedule.add('ann', 0);
    schedule.add('bob', 0);
    expect(schedule.take(0)).toBe('ann');
    schedule.remove('ann');
    schedule.answered('ann', 10, true);
    expect(run(schedule, 10, 60_000).every(({ id }) => id === 'bob')).toBe(true);
    schedule.remove('bob');
    expect(schedule.waitMs(100_000)).toBe(Infinity);
  });

  it('keeps the turn of who could not be asked about', () => {
    const schedule = new PollSchedule(600, 0, PACE);
    schedule.add('ann', 0);
    expect(schedule.take(0)).toBe('ann');
    schedule.failed('ann', 300);
    expect([schedule.take(900), schedule.take(1_000)]).toEqual([null, 'ann']);
  });

  it('counts other calls in the same budget', () => {
    const schedule = new PollSchedule(6, 0, PACE);
    expect([schedule.spend(0), schedule.spend(0), schedule.spend(9_999), schedule.spend(10_000)]).toEqual([
      ...[true, false, false, true],
    ]);
  });
});
