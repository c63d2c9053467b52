import { Controller, Get, Post } from '@nestjs/common';
import { Public } from '../../src/common/access/access.decorators.js';
import { systemContext } from '../../src/common/context/request-context.js';
import { Ctx, type RequestContext } from '../../src/common/context/request-context.js';
import { Database } from '../../src/database/database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { createTestApp, type TestApp } from '../support/test-app.js';

@Controller('probe')
class ProbeController {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Swallows the first failure, as careless code does; the transaction is broken from then on. */
  @Post('broken')
  @Public()
  broken(@Ctx() ctx: RequestContext): Promise<void> {
    return this.unitOfWork.run(ctx, async (tx) => {
      await tx.query('SELECT 1 / 0').catch(() => undefined);
      await tx.query('SELECT 1');
    });
  }

  /** Changes the session inside the transaction, then fails. */
  @Post('leaky')
  @Public()
  leaky(@Ctx() ctx: RequestContext): Promise<void> {
    return this.unitOfWork.run(ctx, async (tx) => {
      await tx.query(`SET search_path = pg_catalog`);
      await tx.query(`INSERT INTO public.probe_rows VALUES ('half done')`);
      throw new Error('after the first half');
    });
  }

  /** The server ends the connection in the middle. */
  @Post('cut')
  @Public()
  cut(@Ctx() ctx: RequestContext): Promise<void> {
    return this.unitOfWork.run(ctx, async (tx) => {
      await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
  }

  @Get('fine')
  @Public()
  fine(@Ctx() ctx: RequestContext): Promise<{ rows: number }> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const [row] = await tx.query<{ rows: number }>('SELECT count(*)::int AS rows FROM probe_rows');
      return { rows: row?.rows ?? -1 };
    });
  }
}

class ProbeModule {}

describe('F15 a broken transaction leaves no trace in the next request', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({
      modules: [{ module: ProbeModule, controllers: [ProbeController] }],
      // Two connections only, so that every later request meets one that was used before.
      env: { DATABASE_POOL_SIZE: '2' },
    });
    await app.get(Database).execute('CREATE TABLE probe_rows (text text)');
  });
  afterAll(() => app?.close());

  it.each([
    ['a swallowed failure', 'broken', 500],
    ['a failure after half of the work', 'leaky', 500],
    ['a connection cut in the middle', 'cut', 503],
  ])('after %s', async (_what, route, status) => {
    for (let round = 0; round < 10; round++) {
      expect((await app.http().post(`/api/v1/probe/${route}`)).status).toBe(status);
      const answers = await Promise.all(Array.from({ length: 4 }, () => app.http().get('/api/v1/probe/fine')));
      expect(answers.map((answer) => [answer.status, answer.json])).toEqual(answers.map(() => [200, { rows: 0 }]));
    }
    await expectNothingLeftOpen(app);
  });

  it('bounds how long a statement runs and a forgotten transaction stays open', async () => {
    const settings = await app
      .get(Database)
      .query(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('idle_in_transaction_session_timeout') AS idle`,
      );
    expect(settings).toEqual([{ statement: '15s', idle: '20s' }]);
  });

  it('gives every connection back when many fail at once', async () => {
    const routes = ['broken', 'leaky', 'cut', 'broken', 'leaky', 'cut'];
    await Promise.all(routes.map((route) => app.http().post(`/api/v1/probe/${route}`)));
    expect((await app.http().get('/api/v1/probe/fine')).json).toEqual({ rows: 0 });
    await expectNothingLeftOpen(app);
  });

  it('rolls back what only the commit would have refused', async () => {
    const run = app.get(UnitOfWork).run(systemContext('test'), async (tx) => {
      await tx.query(`CREATE TEMPORARY TABLE pairs (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP`);
      await tx.query('INSERT INTO pairs VALUES (1), (1)');
    });
    await expect(run).rejects.toMatchObject({ driverError: { code: '23505' } });
    await expectNothingLeftOpen(app);
  });
});

async function expectNothingLeftOpen(app: TestApp): Promise<void> {
  const database = app.get(Database);
  const open = await database.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
  );
  expect(open).toEqual([]);
  const usage = database.usage();
  expect({ waiting: usage.waiting, busy: usage.open - usage.idle }).toEqual({ waiting: 0, busy: 0 });
}
