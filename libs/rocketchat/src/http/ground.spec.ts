import { z } from 'zod';
import { RocketChatError } from '../errors.js';
import { systemClock } from './clock.js';
import { ensure } from './ensure.js';
import { collect, walkPages } from './paging.js';
import { backoff } from './retry.js';
import { route, routeCall } from './route.js';
import { Slots } from './slots.js';

describe('a walk through pages', () => {
  /** A list that gives at most `upper` items at once. */
  function pages(length: number, { upper = 100, total = true } = {}) {
    const asked: number[] = [];
    const all = walkPages(
      ({ offset, count }) => {
        asked.push(offset);
        const size = Math.max(0, Math.min(count, upper, length - offset));
        return Promise.resolve({
          items: Array.from({ length: size }, (_, i) => offset + i),
          ...(total ? { total: length } : {}),
        });
      },
      ({ items }) => items,
    );
    return { all, asked };
  }

  it.each([
    [0, {}, [0]],
    [99, {}, [0]],
    [100, {}, [0]],
    [250, {}, [0, 100, 200]],
    [120, { upper: 50 }, [0, 50, 100]],
    [250, { total: false }, [0, 100, 200]],
    [200, { total: false }, [0, 100, 200]],
  ])('of %d items (%j) asks for what there is', async (length, how, offsets) => {
    const { all, asked } = pages(length, how);
    expect(await collect(all)).toEqual(Array.from({ length }, (_, index) => index));
    expect(asked).toEqual(offsets);
  });

  it('fetches no more than is looked at', async () => {
    const { all, asked } = pages(1_000);
    for await (const item of all) if (item === 150) break;
    expect(asked).toEqual([0, 100]);
  });
});

describe('a wish', () => {
  const error = (errorType: string, kind: 'already-so' | 'conflict' = 'already-so') =>
    new RocketChatError({ kind, route: 'x', status: 400, errorType });

  /** A server in a state; `refuses` is what it says to a write. */
  function server(state: boolean | undefined, refuses?: RocketChatError) {
    let writes = 0;
    let reads = 0;
    return {
      holds: () => Promise.resolve((reads += 1) > 0 ? state : undefined),
      write: () => {
        writes += 1;
        return refuses ? Promise.reject(refuses) : Promise.resolve();
      },
      counts: () => ({ reads, writes }),
    };
  }

  it('that is fulfilled writes nothing', async () => {
    const there = server(true);
    expect(await ensure(there)).toEqual({ changed: false });
    expect(there.counts()).toEqual({ reads: 1, writes: 0 });
  });

  it('that is not is written, also where one may not look, and without looking when the caller has', async () => {
    for (const state of [false, undefined]) expect(await ensure(server(state))).toEqual({ changed: true });
    const compared = server(false);
    await ensure({ ...compared, compared: true });
    expect(compared.counts()).toEqual({ reads: 0, writes: 1 });
  });

  it('that the server calls fulfilled is believed after looking again', async () => {
    expect(await ensure({ ...server(true, error('error-user-already-in-role')), compared: true })).toEqual({
      changed: false,
    });
    expect(await ensure(server(undefined, error('error-user-already-in-role')))).toEqual({ changed: false });
    const lie = error('error-channels-setdefault-missing-default-param');
    await expect(ensure(server(false, lie))).rejects.toBe(lie);
  });

  it('takes codes for "already so" only from the write they belong to', async () => {
    const notInRoom = error('error-user-not-in-room', 'conflict');
    const there = { ...server(true, notInRoom), compared: true };
    await expect(ensure(there)).rejects.toBe(notInRoom);
    expect(await ensure({ ...there, alreadyCodes: ['error-user-not-in-room'] })).toEqual({ changed: false });
  });
});

describe('slots', () => {
  it('are given in order, and one that was waited for in vain goes on', async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    let finish!: () => void;
    const first = slots.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const stop = new AbortController();
    const given = slots.run(() => Promise.resolve(order.push('given up')), stop.signal);
    const last = slots.run(() => Promise.resolve(order.push('last')));
    stop.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    finish();
    await Promise.all([first, last]);
    await expect(slots.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await slots.run(() => Promise.resolve('free again'))).toBe('free again');
    expect(order).toEqual(['last']);
  });

  it.each(['before', 'after'])('that come just %s giving up are passed on', async (when) => {
    const slots = new Slots(1);
    let finish!: () => void;
    const first = slots.run(() => new Promise<void>((resolve) => (finish = resolve)));
    const stop = new AbortController();
    const given = slots.run(() => Promise.resolve(), stop.signal);
    await Promise.resolve();
    if (when === 'before') finish();
    stop.abort(new Error('enough'));
    finish();
    await Promise.allSettled([first, given]);
    expect(await slots.run(() => Promise.resolve('free'))).toBe('free');
  });
});

describe('the pause before another try', () => {
  it('doubles up to its limit, and differs between clients', () => {
    const policy = { attempts: 9, baseDelayMs: 100, maxDelayMs: 1_000 };
    expect([1, 2, 3, 4, 5, 6].map((n) => backoff(policy, n, () => 0))).toEqual([50, 100, 200, 400, 500, 500]);
    expect(backoff(policy, 3, () => 0.999)).toBeLessThanOrEqual(400);
    expect(backoff(policy, 3, () => 0.999)).toBeGreaterThan(399);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 5);
    await expect(systemClock.sleep(60_000, stop.signal)).rejects.toThrow('enough');
    await expect(systemClock.sleep(1, stop.signal)).rejects.toThrow('enough');
    await systemClock.sleep(1, new AbortController().signal);
  });
});

describe('the address of a route', () => {
  const shapes = { request: z.unknown(), answer: z.unknown(), safety: 'repeat' } as const;
  const get = (path: string) => route({ method: 'GET', path, ...shapes });
  const post = (path: string) => route({ method: 'POST', path, ...shapes });

  it('takes members into the path, escaped, and the rest into query or body', () => {
    expect(routeCall('http://x', get('settings/:_id'), { _id: 'a/b?c', count: 3, query: undefined })).toEqual({
      url: 'http://x/api/v1/settings/a%2Fb%3Fc?count=3',
      body: undefined,
    });
    expect(routeCall('http://x', post('settings/:_id'), { _id: 'a', value: false })).toEqual({
      url: 'http://x/api/v1/settings/a',
      body: '{"value":false}',
    });
    expect(routeCall('http://x/sub', get('/api/info'), {}).url).toBe('http://x/sub/api/info');
    expect(routeCall('http://x', get('rooms.adminRooms'), { types: ['c', 'p'], filter: 'чат' }).url).toBe(
      'http://x/api/v1/rooms.adminRooms?types%5B%5D=c&types%5B%5D=p&filter=%D1%87%D0%B0%D1%82',
    );
    expect(() => routeCall('http://x', get('settings/:_id'), {})).toThrow(TypeError);
  });
});
