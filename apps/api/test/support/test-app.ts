import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModuleMetadata, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { createLogger } from '../../src/common/logging/logger.js';
import type { AppConfig } from '../../src/config/app-config.js';
import type { Env } from '../../src/config/env-fields.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createApp } from '../../src/configure-app.js';
import { prepareDatabase } from '../../src/database/prepare-database.js';
import { HttpClient } from './http-client.js';
import { collectInto } from './log-lines.js';
import { putSigningKeys } from './signing-keys.js';
import { createTestDatabase } from './test-database.js';

export interface TestAppOptions {
  /** Modules beside the real ones, e.g. with probe controllers. */
  readonly modules?: NonNullable<ModuleMetadata['imports']>;
  /** Variables over the test defaults; limits are off by default. */
  readonly env?: Env;
  /** A database to use instead of a fresh clone; it is not dropped at the end. */
  readonly databaseUrl?: string;
  /** PUBLIC_URL is the address on which it really listens, as clients of OpenID Connect want it that compare the issuer. */
  readonly ownAddress?: boolean;
}

/** The running product: real modules, real PostgreSQL, a real port. */
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: AppConfig;
  /** e.g. http://127.0.0.1:49152 */
  readonly url: string;
  readonly databaseUrl: string;
  /** Log lines written so far, parsed. */
  readonly logs: readonly Record<string, unknown>[];
  /** A fresh browser's worth of HTTP. */
  http(): HttpClient;
  /** An instance out of any module. */
  get<T>(token: Type<T> | string | symbol): T;
  /** Stops everything and drops the database. */
  close(): Promise<void>;
}

const TEST_ENV: Env = {
  BESEDKA_MODE: 'local',
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'info',
  RATE_GENERAL_PER_MINUTE: '0',
  RATE_SIGN_IN_PER_MINUTE: '0',
  RATE_SEND_PER_MINUTE: '0',
  DATABASE_POOL_SIZE: '10',
  PASSWORD_HASH_KIB: '64',
  // A test says itself when its Rocket.Chat is set up.
  ROCKETCHAT_AUTO_APPLY: 'off',
};

/** Starts the product on a free port with a database of its own. Always `close()` it, also after a failed test. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.databaseUrl === undefined ? await createTestDatabase() : null;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-test-'));
  const cleanUp = async (): Promise<void> => {
    await database?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  let app: NestFastifyApplication | undefined;
  try {
    const port = options.ownAddress === true ? await freePort() : 0;
    const config = loadConfig({
      ...TEST_ENV,
      ...(port > 0 && { PUBLIC_URL: `http://127.0.0.1:${port}` }),
      BESEDKA_DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      ...options.env,
    });
    const logs: Record<string, unknown>[] = [];
    const logger = createLogger(config.logging, collectInto(logs));
    // A clone of the template is known to be complete; a database from elsewhere gets the check of a real start.
    if (database === null) await prepareDatabase(config.database);
    else await putSigningKeys(databaseUrl, config.auth.secret);
    app = await createApp(AppModule.with(config, logger, options.modules), config, logger);
    await app.listen({ host: '127.0.0.1', port });
    const url = await app.getUrl();
    const started = app;
    return {
      app: started,
      config,
      url,
      databaseUrl,
      logs,
      http: () => new HttpClient(url),
      get: (token) => started.get(token, { strict: false }),
      close: async () => {
        await started.close();
        await cleanUp();
      },
    };
  } catch (error) {
    // Half a start has timers that would outlive the test.
    await app?.close().catch(() => undefined);
    await cleanUp();
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** For `afterAll`: also when `createTestApp` failed and there is nothing to close. */
export async function closeTestApp(app: TestApp | undefined): Promise<void> {
  await app?.close();
}
