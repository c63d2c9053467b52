import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Controller, Get } from '@nestjs/common';
import { Public } from '../../src/common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../src/common/context/request-context.js';
import { Database } from '../../src/database/database.js';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { createTestApp, type TestApp } from '../support/test-app.js';
import { databaseConfig } from '../support/test-database.js';

interface Server {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface LocalPostgresModule {
  startLocalPostgres(options: { dataDir: string; port?: number; durability?: 'none' }): Promise<Server>;
}

const MODULE = pathToFileURL(resolve(import.meta.dirname, '../../../../scripts/lib/local-postgres.mjs')).href;

@Controller('probe')
class ProbeController {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Get('statement')
  @Public()
  async statement(): Promise<{ ok: true }> {
    await this.database.query('SELECT 1');
    return { ok: true };
  }

  @Get('transaction')
  @Public()
  transaction(@Ctx() ctx: RequestContext): Promise<{ ok: true }> {
    return this.unitOfWork.run(ctx, async (tx) => {
      await tx.query('SELECT 1');
      return { ok: true };
    });
  }

  @Get('no-database')
  @Public()
  noDatabase(): { ok: true } {
    return { ok: true };
  }
}

class ProbeModule {}

describe('the database goes away and comes back', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-outage-'));
  let start: (port?: number) => Promise<Server>;
  let server: Server | undefined;
  let app: TestApp | undefined;

  beforeAll(async () => {
    const local = (await import(MODULE)) as LocalPostgresModule;
    start = (port) => local.startLocalPostgres({ dataDir: join(dataDir, 'cluster'), port, durability: 'none' });
    server = await start();
    await prepareDatabase(databaseConfig(server.url));
    app = await createTestApp({
      databaseUrl: server.url,
      modules: [{ module: ProbeModule, controllers: [ProbeController] }],
      env: { DATABASE_CONNECT_TIMEOUT_MS: '2000' },
    });
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const statuses = (running: TestApp): Promise<number[]> =>
    Promise.all(
      ['statement', 'transaction', 'no-database'].map(
        async (route) => (await running.http().get(`/api/v1/probe/${route}`)).status,
      ),
    );

  it('503 with Retry-After meanwhile, 200 right afterwards, no restart', async () => {
    if (app === undefined || server === undefined) throw new Error('not started');
    expect(await statuses(app)).toEqual([200, 200, 200]);

    const { port } = server;
    await server.stop();
    expect(await statuses(app)).toEqual([503, 503, 200]);
    const refused = await app.http().get('/api/v1/probe/statement');
    expect(refused.json).toMatchObject({ code: 'database_unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.http().get('/readyz')).status).toBe(503);
    expect((await app.http().get('/livez')).status).toBe(200);

    server = await start(port);
    expect(await statuses(app)).toEqual([200, 200, 200]);
    expect((await app.http().get('/readyz')).status).toBe(200);
  }, 60_000);

  it('survives the loss of every connection, idle and busy', async () => {
    if (app === undefined) throw new Error('not started');
    const database = app.get(Database);
    await Promise.all(Array.from({ length: 8 }, () => database.query('SELECT 1')));
    const busy = database.query('SELECT pg_sleep(30)').catch((error: unknown) => error);
    const kill = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'besedka' AND pid <> pg_backend_pid()`;
    await database.query(kill);
    expect(await busy).toMatchObject({ code: '57P01' });
    for (let round = 0; round < 3; round++) expect((await statuses(app)).at(-1)).toBe(200);
    expect(await statuses(app)).toEqual([200, 200, 200]);
  });
});
