import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  cloneDatabase,
  createTemplate,
  dropDatabase,
  templateName,
  testDatabaseUrl,
} from '@besedka/testing/postgres-template';

const ROOT = resolve(import.meta.dirname, '..', '..', '..', '..');
const API = join(ROOT, 'apps', 'api', 'dist');
/** Another build of the web app can be named, for working on it while something else rebuilds this one. */
const WEB = process.env['WEB_ROOT'] || join(ROOT, 'apps', 'web', 'dist');

/**
 * What every server of the journeys is started with, so that one template serves them all: under another secret each would search for
 * signing keys of its own. Passwords are hashed cheaply; what a costly hash protects no journey looks at.
 */
const SAME_FOR_ALL = { AUTH_SECRET: 'vR7wT3xKq9ZbN5mYc2LfHs8JdPgUe4Ra', PASSWORD_HASH_KIB: '64' };

/** The built server with the built web app, on a database of its own with the accounts of local mode. */
export interface TestServer {
  readonly url: string;
  /** Folder of its data; mails that nobody sends lie in `mail`. */
  readonly dataDir: string;
  /** The settings that the command line needs to work on the same installation. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ends the process and starts it anew on the same database and port, perhaps with other settings. */
  restart(changed?: Record<string, string>): Promise<void>;
  /** Ends the process; the port refuses connections until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good and removes database and data. */
  close(): Promise<void>;
}

/** Starts the product as it is delivered. One per test file. */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  if (!existsSync(join(API, 'main.js')) || !existsSync(join(WEB, 'index.html'))) {
    throw new Error('the product is not built: npm run build');
  }
  const admin = testDatabaseUrl();
  // Whatever decides what is in a fresh database gives the template its name.
  const template = templateName(
    'besedka_web',
    JSON.stringify(SAME_FOR_ALL),
    ...sources(join(API, 'database')),
    ...sources(join(API, 'modules', 'roles')),
  );
  await createTemplate(admin, template, seed);
  const database = await cloneDatabase(admin, template, 'web');
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-web-e2e-'));
  let running = await run({ ...env, DATABASE_URL: database, BESEDKA_DATA_DIR: dataDir });
  const { url } = running;
  const port = new URL(url).port;
  const stop = (): Promise<void> => end(running.process);
  const start = async (changed: Record<string, string> = {}): Promise<void> => {
    running = await run({ ...env, ...changed, DATABASE_URL: database, BESEDKA_DATA_DIR: dataDir, PORT: port });
  };
  return {
    url,
    dataDir,
    settings: { BESEDKA_MODE: 'local', ...SAME_FOR_ALL, ...env, DATABASE_URL: database, BESEDKA_DATA_DIR: dataDir },
    stop,
    start: () => start(),
    restart: async (changed) => {
      await stop();
      await start(changed);
    },
    close: async () => {
      await stop();
      await dropDatabase(admin, database);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The server itself migrates and seeds an empty database: start it once. */
async function seed(databaseUrl: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-web-seed-'));
  const { process: child } = await run({ DATABASE_URL: databaseUrl, BESEDKA_DATA_DIR: dataDir });
  await end(child);
  await rm(dataDir, { recursive: true, force: true });
}

async function run(env: Record<string, string>): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [join(API, 'main.js')], {
    env: {
      PATH: process.env['PATH'],
      SystemRoot: process.env['SystemRoot'],
      BESEDKA_MODE: 'local',
      HOST: '127.0.0.1',
      PORT: '0',
      WEB_ROOT: WEB,
      LOG_LEVEL: 'info',
      // Journeys do in seconds what people do in hours.
      RATE_GENERAL_PER_MINUTE: '0',
      RATE_SIGN_IN_PER_MINUTE: '0',
      RATE_SEND_PER_MINUTE: '0',
      ...SAME_FOR_ALL,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise<string>((listening, failed) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const line = output.split('\n').find((text) => text.includes('"msg":"listening"'));
      if (line !== undefined) listening((JSON.parse(line) as { url: string }).url);
      if (output.length > 100_000) output = '';
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => failed(new Error(`the server ended with ${code} before listening: ${output}`)));
  });
  return { process: child, url };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  // A server that hangs must not hang the tests too.
  const kill = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(kill);
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
