import { z } from 'zod';
import { oneOf } from './env-fields.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const loggingSchema = z.object({
  /** Least important level that is written, one of fatal error warn info debug trace silent. Default info. */
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
});

export interface LoggingConfig {
  readonly level: LogLevel;
}
