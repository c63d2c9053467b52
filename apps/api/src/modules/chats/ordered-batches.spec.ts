import { OrderedBatches } from './ordered-batches.js';

const PATIENCE_MS = 40;

/** Batches that wait to be finished by the test, the oldest first. */
function gated(options: { maxBatch?: number; patienceMs?: number; batches?: number; jobs?: number } = {}) {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const work = new OrderedBatches<string>({
    batches: 2,
    patienceMs: 60_000,
    maxBatch: 100,
    jobs: 2,
    ...options,
    runBatch: (items) => {
      batches.push(items);
      return new Promise((done) => gates.push(done));
    },
  });
  /** Lets everything that is ready happen. */
  const turn = () => new Promise((done) => setImmediate(done));
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const finish = async () => {
    gates.shift()?.();
    await turn();
  };
  return { work, batches, turn, pause, finish };
}

describe('OrderedBatches', () => {
  it('collects what arrives while a batch is in flight, of all keys', async () => {
    const { work, batches, turn, finish } = gated();
    work.add('k', 'a');
    await turn();
    work.add('k', 'b');
    work.add('l', 'c');
    work.add('k', 'd');
    await turn();
    expect(batches).toEqual([['a']]);
    await finish();
    expect(batches.slice(1).map((items) => items.toSorted())).toEqual([['b', 'c', 'd']]);
    expect(batches[1]!.indexOf('b')).toBeLessThan(batches[1]!.indexOf('d'));
    await finish();
    work.add('k', 'e');
    await turn();
    expect(batches.at(-1)).toEqual(['e']);
  });

  it('keeps to the largest batch', async () => {
    const { work, batches, turn, finish } = gated({ maxBatch: 2 });
    for (const item of ['a', 'b', 'c']) work.add('k', item);
    work.add('l', 'd');
    await turn();
    await finish();
    await finish();
    expect(batches).toEqual([['a', 'b'], expect.arrayContaining(['c', 'd'])]);
  });

  it('runs a job alone in its key, at its place in the order', async () => {
    const { work, batches, turn, finish } = gated();
    work.add('k', 'a');
    const job = work.run('k', () => {
      batches.push(['job']);
      return Promise.resolve(7);
    });
    work.add('k', 'b');
    await turn();
    expect(batches).toEqual([['a']]);
    await finish();
    expect(await job).toBe(7);
    await turn();
    expect(batches).toEqual([['a'], ['job'], ['b']]);
  });

  it('a slow job holds up its key and no other', async () => {
    const { work, batches, turn } = gated();
    let done = (): void => undefined;
    const job = work.run('k', () => new Promise<void>((resolve) => (done = resolve)));
    work.add('k', 'behind the job');
    work.add('l', 'elsewhere');
    await turn();
    expect(batches).toEqual([['elsewhere']]);
    done();
    await job;
    expect(batches).toEqual([['elsewhere']]);
  });

  it('jobs keep to their number', async () => {
    const { work, turn } = gated({ jobs: 2 });
    const started: string[] = [];
    const gates: (() => void)[] = [];
    for (const key of ['a', 'b', 'c']) {
      void work.run(key, () => {
        started.push(key);
        return new Promise<void>((resolve) => gates.push(resolve));
      });
    }
    await turn();
    expect(started).toEqual(['a', 'b']);
    gates[0]!();
    await turn();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('waits for a slow batch no longer than its patience, but keeps the order of its keys', async () => {
    const { work, batches, turn, pause, finish } = gated({ patienceMs: PATIENCE_MS });
    work.add('k', 'a');
    await turn();
    work.add('k', 'b');
    work.add('l', 'c');
    await turn();
    expect(batches).toEqual([['a']]);
    await pause(PATIENCE_MS * 2);
    expect(batches).toEqual([['a'], ['c']]);
    // Two are in flight, and more there may not be.
    work.add('m', 'd');
    await pause(PATIENCE_MS * 2);
    expect(batches).toHaveLength(2);
    await finish();
    expect(batches.at(-1)!.toSorted()).toEqual(['b', 'd']);
  });

  it('a job that fails stops nobody else', async () => {
    const { work, batches, turn } = gated();
    await expect(work.run('k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    work.add('k', 'a');
    await turn();
    expect(batches).toEqual([['a']]);
  });

  it('takes up what arrives in the very turn in which it runs empty', async () => {
    const seen: string[] = [];
    await new Promise<void>((done) => {
      const work: OrderedBatches<string> = new OrderedBatches<string>({
        batches: 2,
        patienceMs: 1000,
        maxBatch: 10,
        jobs: 1,
        runBatch: (items) => {
          seen.push(...items);
          if (seen.length === 50) done();
          // As a client does: the next item comes after the answer, some microtasks later.
          let wait = Promise.resolve();
          for (let i = 0; i < seen.length % 7; i++) wait = wait.then(() => undefined);
          if (seen.length < 50) void wait.then(() => work.add('k', `item ${seen.length}`));
          return Promise.resolve();
        },
      });
      work.add('k', 'first');
    });
    expect(new Set(seen).size).toBe(50);
  });

  it('idle waits for everything, also for what has not begun', async () => {
    const { work, turn, finish } = gated();
    let idle = false;
    work.add('a', 'a');
    void work.idle().then(() => (idle = true));
    await turn();
    work.add('a', 'b');
    await finish();
    expect(idle).toBe(false);
    await finish();
    await turn();
    expect(idle).toBe(true);
  });
});
