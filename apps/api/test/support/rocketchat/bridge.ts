import { type DoubleOptions, type RocketChatDouble, startRocketChatDouble } from '@besedka/rocketchat/testing';
import type { RocketChatClientOptions } from '@besedka/rocketchat';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliModule } from '../../../src/cli/cli.module.js';
import { systemContext } from '../../../src/common/context/request-context.js';
import { createLogger } from '../../../src/common/logging/logger.js';
import type { Env } from '../../../src/config/env-fields.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { Database } from '../../../src/database/database.js';
import {
  type Applied,
  type Plan,
  ProvisioningService,
} from '../../../src/modules/rocketchat-bridge/provisioning.service.js';
import { RocketChatConnector } from '../../../src/modules/rocketchat-bridge/rocketchat-connector.js';
import { collectInto } from '../log-lines.js';
import { createTestDatabase } from '../test-database.js';

export const ADMIN = { username: 'besedka.bridge', password: 'a-long-bridge-password' };
export const PORTAL = 'http://127.0.0.1:8001';

/** A server as docker compose starts it: an admin of ours, the wizard closed by the environment. */
export function startServer(options: DoubleOptions = {}): Promise<RocketChatDouble> {
  return startRocketChatDouble({
    admin: ADMIN,
    ...options,
    env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed', ...options.env },
  });
}

/** Settings of a portal that this server belongs to; nothing is set up by itself. */
export const portalEnv = ({ url }: Pick<RocketChatDouble, 'url'>) => ({
  ROCKETCHAT_URL: url,
  ROCKETCHAT_ADMIN_USER: ADMIN.username,
  ROCKETCHAT_ADMIN_PASSWORD: ADMIN.password,
  ROCKETCHAT_AUTO_APPLY: 'off',
});

/** What `npm run besedka` works with, on a database of its own. */
export interface Bridge {
  plan(): Promise<Plan>;
  apply(): Promise<Applied>;
  /** How the client of the next calls talks. */
  talk: Partial<RocketChatClientOptions>;
  /** Of its database, for another one beside it. */
  readonly databaseUrl: string;
  /** What commands are run with. */
  readonly module: INestApplicationContext;
  /** A service of the bridge. */
  get<T>(service: Type<T>): T;
  sql<T extends object>(text: string, params?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

class TestConnector extends RocketChatConnector {
  talk: Partial<RocketChatClientOptions> = {};
  protected override options(): Partial<RocketChatClientOptions> {
    return this.talk;
  }
}

/** @param env over the settings that reach the server; `DATABASE_URL` for a database of somebody else */
export async function openBridge(server: Pick<RocketChatDouble, 'url'>, env: Env = {}): Promise<Bridge> {
  const database = env['DATABASE_URL'] === undefined ? await createTestDatabase() : null;
  const dataDir = mkdtempSync(join(tmpdir(), 'besedka-bridge-'));
  const config = loadConfig({
    BESEDKA_MODE: 'local',
    BESEDKA_DATA_DIR: dataDir,
    DATABASE_URL: database?.url,
    PUBLIC_URL: PORTAL,
    ...portalEnv(server),
    ...env,
  });
  const connector = new TestConnector(config);
  const module: TestingModule = await Test.createTestingModule({
    imports: [CliModule.with(config, createLogger(config.logging, collectInto([])))],
  })
    .overrideProvider(RocketChatConnector)
    .useValue(connector)
    .compile();
  await module.init();
  const service = module.get(ProvisioningService);
  return {
    plan: () => service.plan(),
    apply: () => service.apply(systemContext('test')),
    get talk() {
      return connector.talk;
    },
    set talk(talk) {
      connector.talk = talk;
    },
    databaseUrl: config.database.url,
    module,
    get: (service) => module.get(service),
    sql: (text, params) => module.get(Database).query(text, params),
    close: async () => {
      await module.close();
      await database?.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What a test opens is closed after it. */
export interface Bridges {
  readonly server: typeof startServer;
  readonly bridge: typeof openBridge;
  /** Closes all but the first ones now, the latest first. */
  close(keep: number): Promise<void>;
}

/** Servers and bridges of a test file, each for one test. Call it once within `describe`. */
export function useBridges(): Bridges {
  const open: { close(): Promise<void> }[] = [];
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const close = async (keep: number): Promise<void> => {
    for (const one of open.splice(keep).reverse()) await one.close();
  };
  afterEach(() => close(0));
  return {
    server: async (...args) => opened(await startServer(...args)),
    bridge: async (...args) => opened(await openBridge(...args)),
    close,
  };
}
