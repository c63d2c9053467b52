import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { startLocalPostgres } from './local-postgres.mjs';
import { giveTo } from './postgres/account.mjs';
import { runningServer } from './postgres/server.mjs';
import { freePort } from './ports.mjs';

const MODULE = new URL('./local-postgres.mjs', import.meta.url).href;

/** @param {string} url @param {string} sql */
async function query(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Another program that has opened the data folder, or made a temporary one.
 *
 * @param {string} code an expression that gives the server
 */
async function otherProgram(code) {
  const text = `import * as m from ${JSON.stringify(MODULE)}; const s = await (${code}); console.log(JSON.stringify({ url: s.url, dataDir: s.dataDir })); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, ...JSON.parse(line), killed: async () => (child.kill('SIGKILL'), once(child, 'exit')) };
}

/** @param {() => boolean | Promise<boolean>} condition */
async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the embedded PostgreSQL', () => {
  /** @type {string} */
  let root;
  /** A stopped cluster that tests copy, since making one takes longest. @type {string} */
  let made;
  let count = 0;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'besedka-spec-'));
    await chmod(root, 0o711);
    made = join(root, 'made');
    await (await startLocalPostgres({ dataDir: made })).stop();
  }, 60_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function copy() {
    const dataDir = join(root, `copy${(count += 1)}`);
    await cp(made, dataDir, { recursive: true, preserveTimestamps: true });
    await cp(`${made}.password`, `${dataDir}.password`);
    const { uid, gid } = await stat(made);
    // A copy made by root belongs to root; the cluster must belong to the account that runs the server.
    if (process.getuid?.() === 0)
      for (const path of [dataDir, `${dataDir}.password`]) await giveTo(path, { uid, gid, prefix: [] });
    await chmod(dataDir, 0o700);
    return dataDir;
  }

  it('keeps data over a stop and a start, durably', async () => {
    const dataDir = await copy();
    const first = await startLocalPostgres({ dataDir });
    await query(first.url, 'CREATE TABLE t AS SELECT 7 AS n');
    await first.stop();
    const second = await startLocalPostgres({ dataDir });
    expect(await query(second.url, "SELECT n, current_setting('fsync') AS fsync FROM t")).toEqual([
      { n: 7, fsync: 'on' },
    ]);
    await second.stop();
  });

  it('is reachable on the loopback interface with its password only', async () => {
    const server = await startLocalPostgres({ dataDir: await copy() });
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await query(server.url, "SELECT current_setting('listen_addresses') AS at")).toEqual([{ at: '127.0.0.1' }]);
    if (process.platform !== 'win32') expect((await stat(`${server.dataDir}.password`)).mode & 0o777).toBe(0o600);
    await server.stop();
  });

  it('refuses a taken port in one sentence', async () => {
    const blocker = createServer().listen(await freePort(), '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (blocker.address());
    await expect(startLocalPostgres({ dataDir: await copy(), port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${port}, wanted for PostgreSQL, is taken by another program: stop that one, or choose another port.`,
    });
    blocker.close();
  });

  it.each([
    ['a folder of something else', (/** @type {string} */ dir) => rm(join(dir, 'PG_VERSION')), /has no PG_VERSION/],
    [
      'another version',
      (/** @type {string} */ dir) => writeFile(join(dir, 'PG_VERSION'), '16\n'),
      /made by PostgreSQL 16/,
    ],
    ['a lost file', (/** @type {string} */ dir) => rm(join(dir, 'global', 'pg_control')), /pg_control is missing/],
    [
      'a damaged file',
      (/** @type {string} */ dir) => writeFile(join(dir, 'global', 'pg_control'), 'x'),
      /does not start .+pg_control/,
    ],
    ['a lost password', (/** @type {string} */ dir) => rm(`${dir}.password`), /lost its password file/],
  ])('refuses %s in one sentence and leaves it alone', async (_, damage, message) => {
    const dataDir = await copy();
    await damage(dataDir);
    const error = await startLocalPostgres({ dataDir }).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'DATA_BROKEN', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('\n');
    expect(existsSync(join(dataDir, 'base'))).toBe(true);
  });

  it('refuses a place where no folder can be', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(startLocalPostgres({ dataDir: join(file, 'data') })).rejects.toMatchObject({
      code: 'DATA_BROKEN',
      message: expect.stringContaining('cannot be used'),
    });
  });

  it('refuses a data folder that another living program uses', async () => {
    const dataDir = await copy();
    const first = await startLocalPostgres({ dataDir });
    await expect(startLocalPostgres({ dataDir })).rejects.toMatchObject({ code: 'DATA_IN_USE' });
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await first.stop();
  });

  it('takes over after its owner was killed', async () => {
    const dataDir = await copy();
    const other = await otherProgram(`m.startLocalPostgres({ dataDir: ${JSON.stringify(dataDir)} })`);
    await query(other.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await other.killed();
    const server = await startLocalPostgres({ dataDir });
    expect(await query(server.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await server.stop();
  });

  it('is not deceived by a process number that now belongs to another program', async () => {
    const dataDir = await copy();
    const file = join(dataDir, 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${dataDir}\n1700000000\n1\n\n127.0.0.1\n1 1\nready\n`);
    expect(await runningServer(dataDir)).toBeUndefined();
    await writeFile(file, `${process.pid}\n${dataDir}\n1700000000\n1\n\n127.0.0.1\n1 1\nready\n`);
    await (await startLocalPostgres({ dataDir })).stop();
  });

  it('is started again when it dies while its owner lives', async () => {
    const dataDir = await copy();
    const server = await startLocalPostgres({ dataDir });
    const pid = Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await until(() =>
      query(server.url, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    await server.stop();
    expect(await runningServer(dataDir)).toBeUndefined();
  });

  it('leaves no trace of a temporary one when its program is killed', async () => {
    const other = await otherProgram('m.startTemporaryPostgres()');
    expect(await query(other.url, "SELECT rolcreatedb AS may FROM pg_roles WHERE rolname = 'besedka'")).toEqual([
      { may: true },
    ]);
    await other.killed();
    await until(() => !existsSync(join(other.dataDir, '..')));
  });
});
