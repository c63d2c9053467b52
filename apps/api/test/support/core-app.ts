import { type DynamicModule, Module, type ModuleMetadata, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '../../src/common/access/access.module.js';
import { AUTHENTICATOR, type AccessToken } from '../../src/common/access/authenticator.js';
import type { Principal } from '../../src/common/context/request-context.js';
import { LoggingModule } from '../../src/common/logging/logging.module.js';
import { createLogger } from '../../src/common/logging/logger.js';
import { MetricsModule } from '../../src/common/metrics/metrics.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import type { Env } from '../../src/config/env-fields.js';
import { loadConfig } from '../../src/config/load-config.js';
import { createApp } from '../../src/configure-app.js';
import { collectInto } from './log-lines.js';
import { HttpClient } from './http-client.js';

export interface CoreApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly logs: readonly Record<string, unknown>[];
  http(): HttpClient;
  close(): Promise<void>;
}

@Module({})
class ProbeModule {}

/**
 * The pipeline of every request (hooks, guards, pipes, filter) around controllers that only a test has: no feature modules,
 * no database.
 * @param people principals by access token, in place of the auth module
 */
export async function createCoreApp(
  controllers: Type[],
  options: {
    people?: Record<string, Principal>;
    providers?: Provider[];
    imports?: ModuleMetadata['imports'];
    env?: Env;
  } = {},
): Promise<CoreApp> {
  const people = options.people ?? {};
  const config = loadConfig({
    BESEDKA_MODE: 'local',
    DATABASE_URL: 'postgres://127.0.0.1:1/unused',
    AUTH_SECRET: 'a-key-for-tests-that-is-long-enough',
    RATE_GENERAL_PER_MINUTE: '0',
    ...options.env,
  });
  const logs: Record<string, unknown>[] = [];
  const logger = createLogger(config.logging, collectInto(logs));
  const authenticator = {
    authenticate: ({ value, via }: AccessToken): Promise<Principal | null> => {
      const person = people[value];
      return Promise.resolve(person === undefined ? null : { ...person, via });
    },
  };
  const root: DynamicModule = {
    module: ProbeModule,
    imports: [
      ConfigModule.with(config),
      LoggingModule.with(logger),
      MetricsModule,
      AccessModule,
      ...(options.imports ?? []),
    ],
    controllers,
    providers: [{ provide: AUTHENTICATOR, useValue: authenticator }, ...(options.providers ?? [])],
  };
  const app = await createApp(root, config, logger);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = await app.getUrl();
  return { app, url, logs, http: () => new HttpClient(url), close: () => app.close() };
}

/** A signed-in person with what the test cares about. */
export function person(overrides: Partial<Principal> = {}): Principal {
  return {
    userId: '018f0000-0000-7000-8000-000000000001',
    sessionId: '018f0000-0000-7000-8000-000000000002',
    username: 'probe',
    roles: ['user'],
    groups: ['user'],
    level: 20,
    permissions: new Set(),
    via: 'bearer',
    ...overrides,
  };
}
