import { ShortCache } from './short-cache.js';

describe('what is kept for a moment', () => {
  it('is loaded once, for all who ask at the same time too', async () => {
    const loaded: string[] = [];
    const load = (key: string): Promise<string> => {
      loaded.push(key);
      return Promise.resolve(key.toUpperCase());
    };
    const cache = new ShortCache(load, 60_000, 10);
    expect(await Promise.all([cache.get('a'), cache.get('a'), cache.get('b')])).toEqual(['A', 'A', 'B']);
    expect(await cache.get('a')).toBe('A');
    expect(loaded).toEqual(['a', 'b']);
  });

  it('is loaded again after its time, counted from the beginning of the load', async () => {
    let n = 0;
    const cache = new ShortCache(() => Promise.resolve((n += 1)), 0, 10);
    expect([await cache.get('a'), await cache.get('a')]).toEqual([1, 2]);
  });

  it('a load that was under way when everything was forgotten is not kept', async () => {
    const answers: ((value: string) => void)[] = [];
    const cache = new ShortCache(() => new Promise<string>((resolve) => answers.push(resolve)), 60_000, 10);
    const before = cache.get('a');
    cache.clear();
    const after = cache.get('a');
    answers[1]?.('new');
    answers[0]?.('old');
    expect(await Promise.all([before, after, cache.get('a')])).toEqual(['old', 'new', 'new']);
  });

  it('a failure is told and not kept', async () => {
    let fail = true;
    const cache = new ShortCache(() => (fail ? Promise.reject(new Error('away')) : Promise.resolve(1)), 60_000, 10);
    await expect(cache.get('a')).rejects.toThrow('away');
    fail = false;
    expect(await cache.get('a')).toBe(1);
  });

  it('stays small whatever is asked for', async () => {
    const cache = new ShortCache((key) => Promise.resolve(key), 60_000, 3);
    for (let n = 0; n < 50; n += 1) await cache.get(`made-up-${n}`);
    expect(cache.size).toBe(3);
  });
});
