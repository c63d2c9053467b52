import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { destination } from 'pino';
import { createLogger } from '../common/logging/logger.js';
import type { AppConfig } from '../config/app-config.js';
import { CliModule } from './cli.module.js';

/** The services that commands work with; what they log goes to standard error. Close it afterwards. */
export function openContext(config: AppConfig): Promise<INestApplicationContext> {
  const logger = createLogger(config.logging, destination(2));
  return NestFactory.createApplicationContext(CliModule.with(config, logger), { logger: false, abortOnError: false });
}
