import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { AppModule } from './app.module.js';
import { Lifecycle } from './common/lifecycle/lifecycle.js';
import { createLogger } from './common/logging/logger.js';
import type { AppConfig } from './config/app-config.js';
import { StartupError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { createApp } from './configure-app.js';
import { Database } from './database/database.js';
import { prepareDatabase } from './database/prepare-database.js';

/** Milliseconds within which a stop is over, whatever still hangs. */
const STOP_WITHIN_MS = 10_000;
/** Milliseconds after which connections that are still busy are cut, so that the rest of the stop fits into the time. */
const CUT_AFTER_MS = 7_000;

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logging);
  await prepareDatabase(config.database);
  const app = await createApp(AppModule.with(config, logger), config, logger);
  stopOnSignals(app, logger);
  await Promise.all([listen(app, config), app.get(Database).openConnections()]);
  logger.info({ url: await app.getUrl(), mode: config.mode, ...config.build }, 'listening');
}

async function listen(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  const { host, port } = config.http;
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new StartupError(`Port ${port} on ${host} is taken by another program; set PORT to a free one.`);
    if (code === 'EACCES')
      throw new StartupError(`Port ${port} may not be used by this user; set PORT to one above 1023.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartupError(`HOST ${host} is not an address of this machine.`);
    throw error;
  }
}

/** Stop accepting, finish what was accepted, close sockets and the database, leave with 0. A second signal does not wait. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger): void {
  const stop = (signal: NodeJS.Signals): void => {
    const lifecycle = app.get(Lifecycle);
    if (lifecycle.draining) process.exit(1);
    lifecycle.beginDraining();
    logger.info({ signal }, 'stopping');
    setTimeout(() => app.getHttpServer().closeAllConnections(), CUT_AFTER_MS).unref();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

start().catch((error: unknown) => {
  // One sentence for what an administrator can mend; the stack only for faults of the program itself.
  process.stderr.write(
    `${error instanceof StartupError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
});
