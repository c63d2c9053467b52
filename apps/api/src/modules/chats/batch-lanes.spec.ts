import { BatchLanes } from './batch-lanes.js';

/** Batches that wait to be finished by the test. */
function gated(options: { lanes?: number; maxBatch?: number } = {}) {
  const batches: string[][] = [];
  const gates: (() => void)[] = [];
  const lanes = new BatchLanes<string>({
    lanes: options.lanes ?? 1,
    maxBatch: options.maxBatch ?? 100,
    runBatch: (items) => {
      batches.push(items);
      return new Promise((done) => gates.push(done));
    },
  });
  /** Lets everything that is ready happen. */
  const turn = () => new Promise((done) => setImmediate(done));
  const finish = async () => {
    gates.shift()?.();
    await turn();
  };
  return { lanes, batches, turn, finish };
}

describe('BatchLanes', () => {
  it('collects what arrives while a batch is in flight', async () => {
    const { lanes, batches, turn, finish } = gated();
    lanes.add('k', 'a');
    await turn();
    lanes.add('k', 'b');
    lanes.add('k', 'c');
    expect(batches).toEqual([['a']]);
    await finish();
    expect(batches).toEqual([['a'], ['b', 'c']]);
    await finish();
    lanes.add('k', 'd');
    await turn();
    expect(batches.at(-1)).toEqual(['d']);
  });

  it('keeps to the largest batch', async () => {
    const { lanes, batches, turn, finish } = gated({ maxBatch: 2 });
    for (const item of ['a', 'b', 'c']) lanes.add('k', item);
    await turn();
    await finish();
    expect(batches).toEqual([['a', 'b'], ['c']]);
  });

  it('runs a job alone, at its place in the order', async () => {
    const { lanes, batches, turn, finish } = gated();
    lanes.add('k', 'a');
    const job = lanes.run('k', () => {
      batches.push(['job']);
      return Promise.resolve(7);
    });
    lanes.add('k', 'b');
    await turn();
    expect(batches).toEqual([['a']]);
    await finish();
    expect(await job).toBe(7);
    expect(batches).toEqual([['a'], ['job'], ['b']]);
  });

  it('a job that fails stops nobody else', async () => {
    const { lanes, batches, turn } = gated();
    await expect(lanes.run('k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    lanes.add('k', 'a');
    await turn();
    expect(batches).toEqual([['a']]);
  });

  it('takes up what arrives in the very turn in which it runs empty', async () => {
    const seen: string[] = [];
    await new Promise<void>((done) => {
      const lanes: BatchLanes<string> = new BatchLanes<string>({
        lanes: 1,
        maxBatch: 10,
        runBatch: (items) => {
          seen.push(...items);
          if (seen.length === 50) done();
          // As a client does: the next item comes after the answer, some microtasks later.
          let wait = Promise.resolve();
          for (let i = 0; i < seen.length % 7; i++) wait = wait.then(() => undefined);
          if (seen.length < 50) void wait.then(() => lanes.add('k', `item ${seen.length}`));
          return Promise.resolve();
        },
      });
      lanes.add('k', 'first');
    });
    expect(new Set(seen).size).toBe(50);
  });

  it('idle waits for everything', async () => {
    const { lanes, turn, finish } = gated({ lanes: 4 });
    let idle = false;
    lanes.add('a', 'a');
    lanes.add('b', 'b');
    await turn();
    void lanes.idle().then(() => (idle = true));
    await finish();
    expect(idle).toBe(false);
    await finish();
    expect(idle).toBe(true);
  });
});
