import { jest } from '@jest/globals';
import { systemContext } from '../../../src/common/context/request-context.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { OutboxRepository } from '../../../src/modules/outbox/outbox.repository.js';
import { OutboxService } from '../../../src/modules/outbox/outbox.service.js';
import { OutboxWorker } from '../../../src/modules/outbox/outbox.worker.js';
import { delivered, sql } from '../../support/accounts/accounts.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const ctx = systemContext('test');

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
    expect(await repository.nextDue(['test'])).toBeGreaterThan(0);
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
});
