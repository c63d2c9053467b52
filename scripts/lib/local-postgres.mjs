import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort, isPortFree, LOOPBACK } from './ports.mjs';
import { postgresAccount } from './postgres/account.mjs';
import { postgresBinaries } from './postgres/binaries.mjs';
import { configureCluster, openCluster } from './postgres/cluster.mjs';
import { LocalPostgresError } from './postgres/errors.mjs';
import { runningServer, startServer, stopServer } from './postgres/server.mjs';

export { LocalPostgresError };

/** Held by the program that works on a data folder, for as long as it lives: a session lock falls with its holder. */
const OWNER_LOCK = 7_164_021;

/** `cannot_connect_now`: the server is starting, recovering or shutting down. */
const CANNOT_CONNECT_NOW = '57P03';

/** Milliseconds between two looks at something another process is doing. */
const LOOK_AGAIN = 100;

/** How often to ask for the owner lock. */
const OWNER_LOOKS = 10;

/** How often to look before giving up: a minute. */
const LOOKS = 600;

/**
 * @typedef {object} LocalPostgresOptions
 * @property {string} dataDir folder of the cluster; made when missing
 * @property {number} [port] 0 or absent: any free one
 * @property {import('./postgres/cluster.mjs').Durability} [durability] default `full`
 * @property {number} [maxConnections] default 100
 * @property {boolean} [createDatabases] whether the application's role may create databases, for tests
 * @property {(error: Error) => void} [onLost] the server died and could not be started again
 */

/**
 * @typedef {object} LocalPostgres
 * @property {string} url address of the database `besedka`, with its owner's role and password
 * @property {number} port
 * @property {string} dataDir
 * @property {() => Promise<void>} stop ends the server cleanly; calling it twice is fine
 */

/**
 * Starts a real PostgreSQL on this machine's loopback interface from the binaries that npm brought.
 *
 * The server is a process of its own. When this program is killed it lives on; the next start finds it, sees that its
 * owner is gone, ends it cleanly and starts afresh. While this program lives, a server that dies is started again.
 *
 * @param {LocalPostgresOptions} options
 * @returns {Promise<LocalPostgres>}
 * @throws {LocalPostgresError} one clear sentence
 */
export async function startLocalPostgres(options) {
  const dataDir = resolve(options.dataDir);
  const server = new Server({ ...options, dataDir });
  try {
    await server.open();
  } catch (error) {
    // The file system refused: no rights, a file where a folder should be, a full disk.
    const { syscall, path, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!syscall || !path) throw error;
    throw new LocalPostgresError('DATA_BROKEN', `The data folder ${dataDir} cannot be used: ${message}.`);
  }
  return server;
}

/**
 * The address of a server that another program runs on a data folder, for who only wants to talk to it.
 *
 * @param {string} dataDir
 * @returns {Promise<string | undefined>} undefined when none runs
 * @throws {LocalPostgresError} `DATA_BROKEN` without its password
 */
export async function runningPostgresUrl(dataDir) {
  const running = await runningServer(resolve(dataDir));
  if (!running) return undefined;
  const file = `${resolve(dataDir)}.password`;
  const password = await readFile(file, 'utf8').catch(() => {
    throw new LocalPostgresError('DATA_BROKEN', `The password file ${file} of the running database cannot be read.`);
  });
  return addressOf(running.port, password.trim());
}

/** @param {number} port @param {string} password */
function addressOf(port, password) {
  return `postgresql://besedka:${password}@${LOOPBACK}:${port}/besedka`;
}

/**
 * A cluster in a temporary folder, gone without trace when `stop` is called or this program ends in whatever way: a
 * small guard process sees to it.
 *
 * @param {Omit<LocalPostgresOptions, 'dataDir' | 'durability' | 'createDatabases'>} [options]
 * @returns {Promise<LocalPostgres>}
 */
export async function startTemporaryPostgres(options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'besedka-postgres-'));
  // Passable, not readable: as root the server runs under another account.
  await chmod(folder, 0o711);
  const guard = spawn(process.execPath, [fileURLToPath(new URL('./postgres/guard.mjs', import.meta.url)), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    windowsHide: true,
  });
  const gone = once(guard, 'exit');
  const end = async () => {
    guard.ref();
    guard.stdin.end();
    await gone;
  };
  guard.unref();
  try {
    const dataDir = join(folder, 'data');
    const server = await startLocalPostgres({ ...options, dataDir, durability: 'relaxed', createDatabases: true });
    return {
      url: server.url,
      port: server.port,
      dataDir,
      stop: async () => {
        await server.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @implements {LocalPostgres} */
class Server {
  /** @type {import('./postgres/server.mjs').ServerFiles | undefined} */
  #files;
  /** The session that holds the owner lock. @type {pg.Client | undefined} */
  #owner;
  #stopping = false;
  #port = 0;

  /** @param {LocalPostgresOptions} options */
  constructor(options) {
    this.options = options;
    this.dataDir = options.dataDir;
  }

  get port() {
    return this.#port;
  }

  get url() {
    return addressOf(this.#port, this.#password);
  }

  async open() {
    await mkdir(dirname(this.dataDir), { recursive: true });
    const binaries = await postgresBinaries();
    const account = await postgresAccount(this.dataDir, binaries.postgres);
    this.#files = { binaries, account, cluster: await openCluster(this.dataDir, binaries, account) };
    await this.#endOrphan();
    await this.#start(this.options.port ?? 0);
    await this.#prepareDatabase();
  }

  async stop() {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#owner?.end().catch(() => undefined);
    await stopServer(this.#opened);
  }

  get #opened() {
    if (!this.#files) throw new Error('The server has not been opened');
    return this.#files;
  }

  get #password() {
    return this.#opened.cluster.password;
  }

  /** A server that outlived its owner is ended; one whose owner lives is left alone. */
  async #endOrphan() {
    const running = await runningServer(this.dataDir);
    if (!running) return;
    await this.#own(running.port);
    const owner = this.#owner;
    this.#owner = undefined;
    await stopServer(this.#opened);
    await owner?.end().catch(() => undefined);
  }

  /** @param {number} wanted 0: any free port */
  async #start(wanted) {
    for (let look = 0; look < LOOKS; look += 1) {
      if (wanted !== 0 && !(await isPortFree(wanted))) throw this.#portTaken(wanted);
      this.#port = wanted || (await freePort());
      const { maxConnections = 100, durability = 'full' } = this.options;
      const { cluster, account } = this.#opened;
      await configureCluster(cluster, account, { port: this.#port, maxConnections, durability });
      const result = await startServer(this.#opened);
      if (result === 'started') return this.#own(this.#port);
      if (result === 'running') throw this.#inUse();
      if (result === 'port' && wanted !== 0) throw this.#portTaken(wanted);
      await delay(LOOK_AGAIN);
    }
    throw this.#inUse();
  }

  /**
   * Takes the owner lock and watches the session.
   *
   * @param {number} port
   */
  async #own(port) {
    const client = await this.#connect(port);
    // The server needs a moment to notice that an owner was killed, so one refusal proves nothing yet.
    for (let look = 0; !(await takeLock(client)); look += 1) {
      if (look === OWNER_LOOKS) {
        await client.end();
        throw this.#inUse();
      }
      await delay(LOOK_AGAIN);
    }
    this.#owner = client;
    client.once('end', () => {
      if (!this.#stopping && this.#owner === client) void this.#recover();
    });
  }

  /** The session broke: the server died, or restarted itself after one of its processes crashed. */
  async #recover() {
    try {
      const running = await runningServer(this.dataDir);
      if (running) await this.#own(running.port);
      else await this.#start(this.#port);
    } catch (error) {
      if (!this.#stopping) this.options.onLost?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * Connects as superuser, waiting while the server starts or recovers.
   *
   * @param {number} port
   * @returns {Promise<pg.Client>}
   */
  async #connect(port) {
    for (let look = 0; look < LOOKS; look += 1) {
      const client = new pg.Client({
        host: LOOPBACK,
        port,
        user: 'postgres',
        database: 'postgres',
        password: this.#password,
        application_name: 'besedka-owner',
      });
      // A broken connection also raises `end`, which is what is acted upon.
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        const { code } = /** @type {NodeJS.ErrnoException} */ (error);
        if (code === '28P01') {
          throw new LocalPostgresError(
            'DATA_BROKEN',
            `The password in ${this.dataDir}.password is not the one of the database in ${this.dataDir}.`,
          );
        }
        if (code !== CANNOT_CONNECT_NOW && code !== 'ECONNREFUSED' && code !== 'ECONNRESET') throw error;
        if (!(await runningServer(this.dataDir))) break;
        await delay(LOOK_AGAIN);
      }
    }
    throw this.#inUse();
  }

  /** The application's role owns one database and is no superuser, so missing rights show here and not in production. */
  async #prepareDatabase() {
    const owner = this.#owner;
    if (!owner) return;
    const { rows } = await owner.query(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'besedka') AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = 'besedka') AS database`,
    );
    if (!rows[0].role) {
      const rights = this.options.createDatabases ? 'LOGIN CREATEDB' : 'LOGIN';
      await owner.query(`CREATE ROLE besedka ${rights} PASSWORD ${owner.escapeLiteral(this.#password)}`);
    }
    if (!rows[0].database) await owner.query('CREATE DATABASE besedka OWNER besedka');
  }

  #inUse() {
    return new LocalPostgresError(
      'DATA_IN_USE',
      `The data folder ${this.dataDir} is in use by another running program: stop that one first.`,
    );
  }

  /** @param {number} port */
  #portTaken(port) {
    return new LocalPostgresError(
      'PORT_TAKEN',
      `Port ${port}, wanted for PostgreSQL, is taken by another program: stop that one, or choose another port.`,
    );
  }
}

/** @param {pg.Client} client */
async function takeLock(client) {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [OWNER_LOCK]);
  return rows[0].mine === true;
}
