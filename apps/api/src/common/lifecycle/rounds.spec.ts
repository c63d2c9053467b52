import { jest } from '@jest/globals';
import { Rounds } from './rounds.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('rounds', () => {
  it('come one after the other, however long one takes, and go on after a failure', async () => {
    const ends: (() => void)[] = [];
    let begun = 0;
    const failures: unknown[] = [];
    const rounds = new Rounds(
      () => {
        begun += 1;
        return new Promise<void>((end, fail) => ends.push(begun === 1 ? () => fail(new Error('away')) : end));
      },
      (error) => failures.push(error),
    );
    rounds.start(1_000);
    expect(begun).toBe(0);
    await jest.advanceTimersByTimeAsync(3_500);
    expect(begun).toBe(1);
    ends[0]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect([begun, failures]).toEqual([2, [new Error('away')]]);

    const stopping = rounds.stop();
    expect(rounds.stopped).toBe(true);
    ends[1]?.();
    await jest.advanceTimersByTimeAsync(0);
    ends[2]?.();
    await stopping;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toBe(3);
  });

  it('begin at once when they shall', async () => {
    const round = jest.fn(() => Promise.resolve());
    const rounds = new Rounds(round, () => undefined);
    rounds.start(1_000, { atOnce: true });
    await rounds.stop();
    expect(round).toHaveBeenCalledTimes(1);
  });

  it('do much in steps: until there is less than a batch, or often enough, or the server stops', async () => {
    const rounds = new Rounds(
      () => Promise.resolve(),
      () => undefined,
    );
    const left = [5, 5, 2, 9];
    expect(await rounds.inSteps(() => Promise.resolve(left.shift() ?? 0), { batch: 5, most: 10 })).toBe(12);
    expect(await rounds.inSteps(() => Promise.resolve(5), { batch: 5, most: 3 })).toBe(15);
    await rounds.stop();
    expect(await rounds.inSteps(() => Promise.resolve(5), { batch: 5, most: 3 })).toBe(0);
  });
});
