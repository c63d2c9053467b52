import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Logger } from 'pino';
import { LOGGER } from '../common/logging/logger.js';
import { AppConfig } from '../config/app-config.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { UnitOfWork } from './unit-of-work.js';

/** The connection pool and the two ways to use it. Migrations have run before this module is made. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [AppConfig, LOGGER],
      // Start-up has just been connected; a server that went away since is better reported than waited for.
      useFactory: (config: AppConfig, logger: Logger) => ({
        ...dataSourceOptions(config.database, logger),
        retryAttempts: 1,
      }),
    }),
  ],
  providers: [Database, UnitOfWork],
  exports: [Database, UnitOfWork],
})
export class DatabaseModule {}
