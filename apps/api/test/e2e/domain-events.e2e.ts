import { systemContext } from '../../src/common/context/request-context.js';
import { DomainEvents } from '../../src/common/events/domain-events.js';
import { Database } from '../../src/database/database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

declare module '../../src/common/events/domain-events.js' {
  interface DomainEventMap {
    'probe.happened': { step: number };
  }
}

const ctx = systemContext('test');

describe('events are told after the commit', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await createTestApp();
    await app.get(Database).execute('CREATE TABLE probe_rows (step int)');
  });
  afterEach(() => app.close());

  const rows = async (): Promise<number> =>
    (await app.get(Database).query<{ n: number }>('SELECT count(*)::int AS n FROM probe_rows'))[0]?.n ?? -1;

  it('in order, once, and when others can already see the rows', async () => {
    const seen: [number, number][] = [];
    app.get(DomainEvents).on('probe.happened', async ({ step }) => {
      seen.push([step, await rows()]);
    });
    await app.get(UnitOfWork).run(ctx, async (tx) => {
      tx.emit('probe.happened', { step: 1 });
      await tx.query('INSERT INTO probe_rows VALUES (1), (2)');
      tx.emit('probe.happened', { step: 2 });
      expect(seen).toEqual([]);
    });
    await app.get(DomainEvents).settled();
    expect(seen.sort()).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('never when the transaction is rolled back', async () => {
    const seen: number[] = [];
    app.get(DomainEvents).on('probe.happened', ({ step }) => {
      seen.push(step);
    });
    const failing = app.get(UnitOfWork).run(ctx, async (tx) => {
      tx.emit('probe.happened', { step: 1 });
      await tx.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    await app.get(UnitOfWork).run(ctx, async (tx) => tx.emit('probe.happened', { step: 2 }));
    expect(seen).toEqual([2]);
  });

  it('to every handler, though one throws and one rejects; both failures are logged', async () => {
    const seen: number[] = [];
    const events = app.get(DomainEvents);
    events.on('probe.happened', () => {
      throw new Error('thrown');
    });
    events.on('probe.happened', () => Promise.reject(new Error('rejected')));
    const stop = events.on('probe.happened', ({ step }) => {
      seen.push(step);
    });
    await app.get(UnitOfWork).run(ctx, async (tx) => tx.emit('probe.happened', { step: 1 }));
    await events.settled();
    stop();
    await app.get(UnitOfWork).run(ctx, async (tx) => tx.emit('probe.happened', { step: 2 }));
    await events.settled();
    expect(seen).toEqual([1]);
    const failures = app.logs.filter((line) => line['msg'] === 'an event handler failed');
    expect(failures).toHaveLength(4);
    expect(failures[0]).toMatchObject({ event: 'probe.happened', requestId: ctx.requestId });
  });

  it('and a stop waits for handlers that still need the database', async () => {
    const other = await createTestApp({ databaseUrl: app.databaseUrl });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const done: string[] = [];
    const database = other.get(Database);
    other.get(DomainEvents).on('probe.happened', async () => {
      await held;
      await database.execute('INSERT INTO probe_rows VALUES (99)');
      done.push('written');
    });
    await other.get(UnitOfWork).run(ctx, async (tx) => tx.emit('probe.happened', { step: 1 }));
    const closed = other.close();
    release();
    await closed;
    expect(done).toEqual(['written']);
    expect(await rows()).toBe(1);
  });
});
