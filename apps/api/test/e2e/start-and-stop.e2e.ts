import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { Public } from '../../src/common/access/access.decorators.js';
import { type ApiProcess, startApiProcess } from '../support/api-process.js';
import { type CoreApp, createCoreApp } from '../support/core-app.js';
import { HttpClient } from '../support/http-client.js';
import { createTestDatabase } from '../support/test-database.js';

const started: ApiProcess[] = [];
const start = (env: Record<string, string>): ApiProcess => {
  const api = startApiProcess(env);
  started.push(api);
  return api;
};

describe('start and stop of the process', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-start-'));
  let database: { url: string; drop(): Promise<void> };
  let good: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    good = {
      BESEDKA_MODE: 'local',
      DATABASE_URL: database.url,
      BESEDKA_DATA_DIR: dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
    };
  });
  afterAll(async () => {
    for (const api of started) api.process.kill('SIGKILL');
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const refusal = async (env: Record<string, string>): Promise<string> => {
    const api = start({ ...good, ...env });
    expect(await api.exited).toBe(1);
    return api.stderr();
  };

  it('names a wrong setting in one sentence, without its value', async () => {
    const sentence = await refusal({ PORT: 'eighty', SMTP_URL: 'http://user:sesame@mail' });
    expect(sentence).toMatch(/^Wrong settings: PORT must be .*; SMTP_URL must be .*\.\n$/);
    expect(sentence).not.toMatch(/eighty|sesame/);
  });

  it('needs a database', async () => {
    expect(await refusal({ DATABASE_URL: '' })).toBe(
      'DATABASE_URL is required: postgres://user:password@host:port/database.\n',
    );
    const wrong = new URL(database.url);
    wrong.port = '1';
    expect(await refusal({ DATABASE_URL: wrong.href })).toMatch(
      /^The database at DATABASE_URL cannot be reached .*\n$/,
    );
    wrong.port = new URL(database.url).port;
    wrong.pathname = '/no_such_database';
    expect(await refusal({ DATABASE_URL: wrong.href })).toBe('The database named in DATABASE_URL does not exist.\n');
  });

  it('refuses a taken port in one sentence', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const sentence = await refusal({ PORT: String(port) });
    other.close();
    expect(sentence).toBe(`Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.\n`);
  });

  it('refuses a data folder that is a file', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    expect(await refusal({ BESEDKA_DATA_DIR: file })).toContain('BESEDKA_DATA_DIR');
  });

  it('refuses production without a secret', async () => {
    const sentence = await refusal({ BESEDKA_MODE: 'production', PUBLIC_URL: 'https://portal.example.org' });
    expect(sentence).toMatch(/^AUTH_SECRET is required in production.*\n$/);
  });

  it('keeps one signing key for local mode, readable by its owner only', async () => {
    const first = start(good);
    await first.listening;
    const file = join(dataDir, 'auth-secret');
    const key = readFileSync(file, 'utf8');
    expect(key.length).toBeGreaterThanOrEqual(32);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    first.process.kill('SIGTERM');
    await first.exited;
    const second = start(good);
    await second.listening;
    expect(readFileSync(file, 'utf8')).toBe(key);
    second.process.kill('SIGTERM');
    await second.exited;
  });

  // Windows has no signals between processes: a console's Ctrl-C cannot be sent from here.
  const onPosix = process.platform === 'win32' ? it.skip : it;
  onPosix.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0, idle connections notwithstanding',
    async (signal) => {
      const api = start(good);
      const http = new HttpClient(await api.listening);
      expect((await http.get('/readyz')).status).toBe(200);
      api.process.kill(signal);
      expect(await api.exited).toBe(0);
      expect(api.stderr()).toBe('');
    },
  );
});

describe('a stop finishes what was accepted', () => {
  let release = (): void => undefined;
  const held = new Promise<void>((done) => (release = done));
  let entered = (): void => undefined;
  const inside = new Promise<void>((done) => (entered = done));

  @Controller('probe')
  class ProbeController {
    @Get('slow')
    @Public()
    async slow(): Promise<{ ok: true }> {
      entered();
      await held;
      return { ok: true };
    }
  }

  it('and takes nothing new', async () => {
    const core: CoreApp = await createCoreApp([ProbeController]);
    const answer = core.http().get('/api/v1/probe/slow');
    await inside;
    const closed = core.close();
    while (core.app.getHttpServer().listening) await setImmediate();
    await expect(core.http().get('/api/v1/probe/slow')).rejects.toThrow();
    release();
    expect((await answer).json).toEqual({ ok: true });
    await closed;
  });
});
