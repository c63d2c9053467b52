import { describe, expect, it } from '@jest/globals';
import { inTurn } from './inTurn';

describe('tasks in turn', () => {
  it('begin only when the one before has ended, and in order', async () => {
    const run = inTurn();
    const log: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = run(async () => {
      log.push('first begins');
      await gate;
      log.push('first ends');
      return 1;
    });
    const second = run(() => {
      log.push('second');
      return Promise.resolve(2);
    });
    release();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(log).toEqual(['first begins', 'first ends', 'second']);
  });

  it('go on after a failure, which its own caller hears of', async () => {
    const run = inTurn();
    const failing = run(() => Promise.reject(new Error('refused')));
    const next = run(() => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('refused');
    await expect(next).resolves.toBe('done');
  });
});
