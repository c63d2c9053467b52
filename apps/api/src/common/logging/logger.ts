import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import type { LoggingConfig } from '../../config/logging.config.js';

/** Injection token of the process's pino logger. */
export const LOGGER = Symbol('LOGGER');

/** Keys whose values never reach a log, at the top and one level down. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'newPassword',
  'currentPassword',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'body',
];

const paths = SECRET_KEYS.map((key) => (key.includes('-') ? `["${key}"]` : key)).flatMap((key) => [
  key,
  key.startsWith('[') ? `*${key}` : `*.${key}`,
  key.startsWith('[') ? `*.*${key}` : `*.*.${key}`,
]);

/**
 * Errors lose what the database driver attaches to them: statement parameters and row contents are other people's words.
 */
function safeError(error: Error): unknown {
  const { type, message, stack, code } = stdSerializers.err(error);
  return { type, message, stack, code };
}

/** JSON lines on standard output. */
export function createLogger(config: LoggingConfig, destination?: DestinationStream): Logger {
  const options = {
    level: config.level,
    base: null,
    redact: { paths, censor: '[redacted]' },
    serializers: { err: safeError },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
