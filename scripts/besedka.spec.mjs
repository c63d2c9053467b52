import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { startApi } from './lib/api-process.mjs';
import { startLocalPostgres } from './lib/local-postgres.mjs';
import { freePort } from './lib/ports.mjs';
import { runningServer } from './lib/postgres/server.mjs';
import { run } from './lib/run.mjs';
import { ROOT } from './lib/tools.mjs';

/** @typedef {{ kid: string, state: string, signs: boolean }} Key */

describe('npm run besedka', () => {
  /** @type {string} */
  let dataDir;
  beforeAll(async () => {
    if (!existsSync(join(ROOT, 'apps/api/dist/cli/main.js'))) throw new Error('the API is not built: npm run build');
    dataDir = await mkdtemp(join(tmpdir(), 'besedka-cli-'));
    await chmod(dataDir, 0o711);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  /** @param {string[]} args @param {Record<string, string>} [env] */
  const besedka = (args, env = {}) =>
    run(
      { command: process.execPath, args: [join(ROOT, 'scripts/besedka.mjs'), ...args] },
      { env: { BESEDKA_DATA_DIR: dataDir, DATABASE_URL: '', BESEDKA_MODE: '', ...env } },
    );
  /** @returns {Promise<Key[]>} */
  const keys = async () => JSON.parse((await besedka(['oauth', 'keys', '--json'])).output).keys;

  it.each([[['oauth']], [['oauth', 'nonsense']], [['oauth', 'keys', '--what']], [[]]])(
    'answers %j with the usage and 64, without a database',
    async (args) => {
      const { code, output } = await besedka(args);
      expect(code).toBe(64);
      expect(output).toContain('oauth rotate-keys');
    },
  );

  it('explains itself when asked', async () => {
    expect(await besedka(['--help'])).toEqual({ code: 0, output: expect.stringMatching(/^Usage: /) });
  });

  it('fails in one sentence', async () => {
    expect(await besedka(['oauth', 'keys'])).toEqual({
      code: 1,
      output: `There is no database in ${dataDir} yet: start the portal once with npm start, or set DATABASE_URL.\n`,
    });
    const nowhere = { DATABASE_URL: 'postgres://besedka:sesame@127.0.0.1:1/besedka' };
    const { code, output } = await besedka(['oauth', 'rotate-keys'], nowhere);
    expect([code, output]).toEqual([1, 'The database at DATABASE_URL cannot be reached.\n']);
    const wrong = await besedka(['oauth', 'keys'], { ...nowhere, PORT: 'eighty' });
    expect([wrong.code, wrong.output]).toEqual([1, expect.stringMatching(/^Wrong settings: PORT must be .*\n$/)]);
  });

  it('doctor looks also where there is nothing yet, and says what to do', async () => {
    const { code, output } = await besedka(['doctor'], { PORT: String(await freePort()) });
    expect(code).toBe(2);
    expect(output).toMatch(/^WRONG {4}Portal +nothing answers at [^\n]+\n +→ npm start$/m);
    expect(output).toMatch(/^WRONG {4}PostgreSQL +There is no database in [^\n]+\n +→ npm start$/m);
    const json = await besedka(['doctor', '--json'], { PORT: String(await freePort()) });
    expect([json.code, JSON.parse(json.output).state]).toEqual([2, 'wrong']);
  });

  it('works on the database of the running portal, which follows within half a minute, and on one at rest', async () => {
    const postgres = join(dataDir, 'postgres');
    const database = await startLocalPostgres({ dataDir: postgres });
    const empty = await besedka(['oauth', 'keys']);
    expect([empty.code, empty.output]).toEqual([1, 'The database is empty: start the server once.\n']);
    const port = String(await freePort());
    const api = startApi({
      ...process.env,
      BESEDKA_MODE: 'local',
      BESEDKA_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      HOST: '127.0.0.1',
      PORT: port,
      LOG_LEVEL: 'warn',
    });
    try {
      const address = `http://127.0.0.1:${port}`;
      expect(await api.ready(address)).toBe(true);
      const before = await keys();
      const stranger = await besedka(['oauth', 'rotate-keys'], { AUTH_SECRET: 'Yd8mWq2RkZ5nTb7XcVf4HsJg9LpQe3Ua' });
      expect([stranger.code, stranger.output]).toEqual([
        1,
        expect.stringMatching(/^The keys cannot be opened [^\n]+\n$/),
      ]);
      expect(await keys()).toEqual(before);
      expect(before.map(({ state }) => state).sort()).toEqual(['current', 'next']);
      const { code, output } = await besedka(['oauth', 'rotate-keys', '--json']);
      expect(code).toBe(0);
      const rotated = /** @type {{ kid: string, signsFrom: string }} */ (JSON.parse(output));
      expect(rotated.kid).toBe(before.find(({ state }) => state === 'next')?.kid);
      const after = await keys();
      expect(after.map(({ state }) => state).sort()).toEqual(['current', 'next', 'retired']);
      const next = after.find(({ state }) => state === 'next')?.kid;
      /** @type {string[]} */
      let published = [];
      while (!published.includes(next ?? '')) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        const answer = /** @type {{ keys: Key[] }} */ (await (await fetch(`${address}/o/jwks/`)).json());
        published = answer.keys.map(({ kid }) => kid);
      }
      expect(published).toEqual(expect.arrayContaining(after.map(({ kid }) => kid)));
      expect((await besedka(['oauth', 'keys'])).output).toMatch(
        new RegExp(`^${next} {2}next +\\d+ min old {2}published$`, 'm'),
      );
    } finally {
      await api.stop();
      await database.stop();
    }
    expect(await runningServer(postgres)).toBeUndefined();
    const atRest = await besedka(['oauth', 'rotate-keys']);
    expect([atRest.code, atRest.output]).toEqual([
      0,
      expect.stringMatching(/^The current key is [\w-]{43}\. It signs from /),
    ]);
    expect(await runningServer(postgres)).toBeUndefined();
  }, 180_000);
});
