import { KeyedQueue } from './keyed-queue.js';
import { RecentSet } from './recent-set.js';

describe('KeyedQueue', () => {
  it('runs jobs of one key one after the other, of two keys side by side', async () => {
    const queue = new KeyedQueue();
    const log: string[] = [];
    const gates = new Map<string, () => void>();
    const job = (name: string) => () => {
      log.push(name);
      return new Promise<void>((done) => gates.set(name, done));
    };
    const all = [queue.run('x', job('x1')), queue.run('x', job('x2')), queue.run('y', job('y1'))];
    await Promise.resolve();
    expect(log).toEqual(['x1', 'y1']);
    gates.get('x1')!();
    await all[0];
    await Promise.resolve();
    expect(log).toEqual(['x1', 'y1', 'x2']);
    gates.get('x2')!();
    gates.get('y1')!();
    await Promise.all(all);
  });

  it('a failing job is told to its caller and does not stop the next', async () => {
    const queue = new KeyedQueue();
    const first = queue.run('x', () => Promise.reject(new Error('no')));
    const second = queue.run('x', () => Promise.resolve(2));
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe(2);
  });
});

describe('RecentSet', () => {
  it('forgets the oldest', () => {
    const set = new RecentSet(2);
    for (const key of ['a', 'b', 'a', 'c']) set.add(key);
    expect(['a', 'b', 'c'].map((key) => set.delete(key))).toEqual([true, false, true]);
    expect(set.delete('a')).toBe(false);
  });
});
