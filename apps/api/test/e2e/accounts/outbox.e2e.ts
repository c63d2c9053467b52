import { jest } from '@jest/globals';
import { systemContext } from '../../../src/common/context/request-context.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { OutboxUnavailable } from '../../../src/modules/outbox/outbox-unavailable.js';
import { OutboxRepository } from '../../../src/modules/outbox/outbox.repository.js';
import { type OutboxPriority, OutboxService } from '../../../src/modules/outbox/outbox.service.js';
import { OutboxWorker } from '../../../src/modules/outbox/outbox.worker.js';
import { delivered, sql } from '../../support/accounts/accounts.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const ctx = systemContext('test');

/** @throws when it does not come about within the time of a pause or two */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 10))) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
  }
}

describe('the outbox', () => {
  let app: TestApp;
  let done: string[];
  let failing: Set<string>;
  beforeAll(async () => {
    app = await createTestApp();
    app.get(OutboxService).handle('test', (entry) => {
      const name = String(entry.payload.name);
      if (failing.has(name)) return Promise.reject(new Error(`no ${name}`));
      done.push(name);
      return Promise.resolve();
    });
  });
  afterAll(() => closeTestApp(app));
  beforeEach(async () => {
    done = [];
    failing = new Set();
    await sql(app, 'DELETE FROM outbox');
  });

  const promise = (...entries: [key: string, name: string][]) =>
    app.get(UnitOfWork).run(ctx, async (tx) => {
      for (const [key, name] of entries) await app.get(OutboxService).add(tx, 'test', key, { name });
    });
  const rows = () =>
    sql<{ name: string | null; attempts: number; error: string | null; done: boolean }>(
      app,
      `SELECT payload->>'name' AS name, attempts, last_error AS error, done_at IS NOT NULL AS done FROM outbox ORDER BY id`,
    );

  it('delivers in order per key, once, and forgets the payload', async () => {
    await promise(['a', 'a1'], ['b', 'b1'], ['a', 'a2'], ['a', 'a3'], ['b', 'b2']);
    await delivered(app);
    expect(done.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(done.filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(await rows()).toEqual(
      Array.from({ length: 5 }, () => ({ name: null, attempts: 1, error: null, done: true })),
    );
  });

  it('knows nothing of what was rolled back', async () => {
    const failed = app.get(UnitOfWork).run(ctx, async (tx) => {
      await app.get(OutboxService).add(tx, 'test', 'a', { name: 'never' });
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    await promise(['a', 'later']);
    await delivered(app);
    expect(done).toEqual(['later']);
  });

  it('one that fails waits, keeps its own key in order, and holds up nobody else', async () => {
    failing.add('a1');
    await promise(['a', 'a1'], ['a', 'a2'], ['b', 'b1']);
    await app.get(OutboxWorker).idle();
    expect(done).toEqual(['b1']);
    expect(await rows()).toMatchObject([
      { name: 'a1', attempts: 1, error: 'no a1', done: false },
      { name: 'a2', attempts: 0, done: false },
      { done: true },
    ]);
    failing.clear();
    await sql(app, 'UPDATE outbox SET next_attempt_at = now()');
    await delivered(app);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  it('sleeps while an entry backs off, whatever waits behind it, and does not tidy up in each round', async () => {
    const repository = app.get(OutboxRepository);
    const removeDone = jest.spyOn(repository, 'removeDone');
    failing.add('a1');
    await promise(['a', 'a1'], ['a', 'a2']);
    await app.get(OutboxWorker).idle();
    expect(await repository.nextDue('test')).toBeGreaterThan(0);
    for (let n = 0; n < 5; n += 1) {
      app.get(OutboxWorker).wake();
      await app.get(OutboxWorker).idle();
    }
    expect(removeDone.mock.calls.length).toBeLessThan(2);
    removeDone.mockRestore();
  });

  it('gives up in the end, says why, and lets the next one through', async () => {
    failing.add('a1');
    await promise(['a', 'a1'], ['a', 'a2']);
    await app.get(OutboxWorker).idle();
    await sql(app, `UPDATE outbox SET next_attempt_at = now(), attempts = 39 WHERE payload->>'name' = 'a1'`);
    await delivered(app);
    expect(done).toEqual(['a2']);
    expect(await rows()).toMatchObject([{ attempts: 40, error: 'no a1', done: true }, { done: true }]);
  });

  it('two processes deliver each entry once', async () => {
    const other = await createTestApp({ databaseUrl: app.databaseUrl });
    try {
      other.get(OutboxService).handle('test', (entry) => {
        done.push(String(entry.payload.name));
        return Promise.resolve();
      });
      await promise(...Array.from({ length: 60 }, (_n, n): [string, string] => [`k${n % 7}`, `e${n}`]));
      await Promise.all([delivered(app), delivered(other)]);
      await Promise.all([app.get(OutboxWorker).idle(), other.get(OutboxWorker).idle()]);
      expect([...done].sort()).toEqual(Array.from({ length: 60 }, (_n, n) => `e${n}`).sort());
    } finally {
      await other.close();
    }
  });

  describe('a system that is away', () => {
    let away: boolean;
    let asked: number;
    let tried: number;
    beforeAll(() => {
      app.get(OutboxService).handle(
        'away',
        (entry) => {
          tried += 1;
          if (away || failing.has(entry.key)) return Promise.reject(new OutboxUnavailable('nobody there'));
          done.push(entry.key);
          return Promise.resolve();
        },
        () => {
          asked += 1;
          return Promise.resolve(!away);
        },
      );
    });
    beforeEach(() => {
      away = true;
      asked = 0;
      tried = 0;
    });
    const promiseOnce = (keys: string[], priority?: OutboxPriority) =>
      app.get(UnitOfWork).run(ctx, (tx) => app.get(OutboxService).addOnce(tx, 'away', keys, priority));
    /** The topic has noticed that its system is away: nothing is taken until it is back. */
    const rests = async () => {
      await promiseOnce(['first']);
      await until(() => asked > 0, 'it is asked for');
      await app.get(OutboxWorker).idle();
      await sql(app, 'DELETE FROM outbox');
    };
    const waiting = () =>
      sql<{ key: string; attempts: number; error: string | null }>(
        app,
        `SELECT key, attempts, last_error AS error FROM outbox WHERE topic = 'away' AND done_at IS NULL ORDER BY key`,
      );

    it('costs no attempt, is asked for by one light question, and everything follows when it answers', async () => {
      const keys = Array.from({ length: 30 }, (_n, n) => `k${String(n).padStart(2, '0')}`);
      await promiseOnce(keys);
      await until(() => asked > 1, 'it is asked for');
      // However long it lasts: those that were taken at the beginning were given back whole.
      expect(tried).toBeLessThanOrEqual(8);
      const kept = await waiting();
      expect(kept.map(({ key }) => key)).toEqual(keys);
      expect(new Set(kept.map(({ attempts }) => attempts))).toEqual(new Set([0]));
      // Other topics go on meanwhile, and changes wake nobody.
      await promise(['a', 'mail']);
      await until(() => done.includes('mail'), 'the other topic is served');
      away = false;
      await until(() => done.length === 31, 'everything is delivered');
      await app.get(OutboxWorker).idle();
      expect(await waiting()).toEqual([]);
    });

    it('an entry that fails as if it were away, while it answers, is that entry’s own failure', async () => {
      away = false;
      failing.add('bad');
      await promiseOnce(['bad', 'good']);
      await until(() => done.includes('good'), 'the other one is delivered');
      await app.get(OutboxWorker).idle();
      expect(await waiting()).toMatchObject([{ key: 'bad', attempts: 1, error: 'nobody there' }]);
      // Somebody changed something: it is tried again at once, whatever it was waiting for.
      failing.clear();
      await promiseOnce(['bad']);
      await until(() => done.includes('bad'), 'the entry is delivered');
      await app.get(OutboxWorker).idle();
      expect(await waiting()).toEqual([]);
    });

    it('many promises for a key leave one entry, also when they are made at once; one that is begun serves no more', async () => {
      await rests();
      for (let n = 0; n < 20; n += 1) await promiseOnce(['x', 'y']);
      await Promise.all(Array.from({ length: 10 }, () => promiseOnce(['y', 'x'])));
      expect((await waiting()).map(({ key }) => key)).toEqual(['x', 'y']);
      await sql(app, `UPDATE outbox SET begun_at = now() WHERE key = 'x'`);
      await promiseOnce(['x', 'y']);
      expect((await waiting()).map(({ key }) => key)).toEqual(['x', 'x', 'y']);
      await sql(app, `UPDATE outbox SET begun_at = NULL`);
      away = false;
      await until(() => done.length === 3, 'all are delivered');
    });

    it('what is done for everybody lets the rest pass', async () => {
      await rests();
      await promiseOnce(['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7', 'b8', 'b9'], 'bulk');
      await promiseOnce(['now', 'b9']);
      const turn = await app.get(OutboxRepository).claim('away', 2, 60);
      expect(turn.map(({ key }) => key).sort()).toEqual(['b9', 'now']);
    });
  });
});
