import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '..', '..', '..', '..', '..');
const MAIN = join(ROOT, 'apps', 'api', 'dist', 'main.js');
const START_WITHIN_MS = 30_000;

interface LocalPostgres {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

interface LocalPostgresLibrary {
  startLocalPostgres(options: {
    dataDir: string;
    port?: number;
    durability?: 'full' | 'relaxed';
    createDatabases?: boolean;
  }): Promise<LocalPostgres>;
}

/** A port for a server that is to come back at the same address; free at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Compiles the server as it is shipped; nothing to do when it is up to date. */
export async function buildServer(): Promise<void> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-b', join(ROOT, 'apps', 'api')], { cwd: ROOT });
}

/** A PostgreSQL of the test's own, with full durability, that can be stopped and started again on the same data and port. */
export class OwnDatabase {
  private constructor(
    private readonly folder: string,
    private readonly library: LocalPostgresLibrary,
    private server: LocalPostgres,
  ) {}

  static async start(): Promise<OwnDatabase> {
    const library = (await import(
      pathToFileURL(join(ROOT, 'scripts', 'lib', 'local-postgres.mjs')).href
    )) as LocalPostgresLibrary;
    const folder = await mkdtemp(join(tmpdir(), 'besedka-reliability-'));
    // Passable, not readable: as root the server runs under another account.
    await chmod(folder, 0o711);
    const server = await library.startLocalPostgres({ dataDir: join(folder, 'data'), durability: 'full' });
    return new OwnDatabase(folder, library, server);
  }

  get url(): string {
    return this.server.url;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async startAgain(): Promise<void> {
    const { port } = this.server;
    this.server = await this.library.startLocalPostgres({
      dataDir: join(this.folder, 'data'),
      port,
      durability: 'full',
    });
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The product as people run it: the compiled server in a process of its own. */
export class ServerProcess {
  private readonly output: string[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<unknown>,
  ) {}

  /** Starts it and waits until it listens. @param port a fixed one, so that clients find it again after a restart */
  static async start(databaseUrl: string, dataDir: string, port: number): Promise<ServerProcess> {
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        BESEDKA_MODE: 'local',
        BESEDKA_DATA_DIR: dataDir,
        DATABASE_URL: databaseUrl,
        DATABASE_POOL_SIZE: '10',
        HOST: '127.0.0.1',
        PORT: String(port),
        AUTH_SECRET: 'a-key-for-tests-that-is-long-enough',
        ACCESS_TOKEN_SECONDS: '86400',
        RATE_GENERAL_PER_MINUTE: '0',
        RATE_SIGN_IN_PER_MINUTE: '0',
        RATE_SEND_PER_MINUTE: '0',
        LOG_LEVEL: 'info',
      },
    });
    const server = new ServerProcess(child, once(child, 'exit'));
    await server.listening();
    return server;
  }

  /** Ends the process the way the system does when it is out of memory: nothing of ours runs any more. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to stop. @returns its exit code and how long it took, milliseconds */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const startedAt = Date.now();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.exited;
    return { code: this.child.exitCode, ms: Date.now() - startedAt };
  }

  private async listening(): Promise<void> {
    let done: () => void = () => undefined;
    const listens = new Promise<void>((resolve) => (done = resolve));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.output.push(line);
        if (this.output.length > 200) this.output.shift();
        if (line.includes('"listening"')) done();
      });
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`The server ${why}:\n${this.output.join('\n')}`));
      timer = setTimeout(() => fail('did not listen in time'), START_WITHIN_MS);
      void this.exited.then(() => fail('ended'));
    });
    try {
      await Promise.race([listens, late]);
    } finally {
      clearTimeout(timer);
      late.catch(() => undefined);
    }
  }
}
