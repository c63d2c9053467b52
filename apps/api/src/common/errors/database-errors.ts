import { QueryFailedError } from 'typeorm';

/**
 * What PostgreSQL and its client say when the server is away, going away, starting, or out of connections.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the Unix socket is gone
  'EPIPE',
  'ETIMEDOUT',
]);

/** Work that was cancelled by a limit or a rival and succeeds when repeated. */
const RETRYABLE = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: statement_timeout
]);

/** `pg` reports these without a code. */
const UNAVAILABLE_TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|Driver not Connected)/i;

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The driver's own error inside TypeORM's wrapper or an AggregateError of several addresses. */
function unwrap(error: unknown): unknown {
  if (error instanceof QueryFailedError) return unwrap(error.driverError);
  if (error instanceof AggregateError && codeOf(error) === undefined) return error.errors[0];
  return error;
}

/** SQLSTATE or system code of a database failure; undefined for anything else. */
export function databaseCode(error: unknown): string | undefined {
  return codeOf(unwrap(error));
}

/** Whether the error says that the database cannot be reached (and nothing about the request itself). */
export function isDatabaseUnavailable(error: unknown): boolean {
  const inner = unwrap(error);
  const code = codeOf(inner);
  if (code !== undefined && (UNAVAILABLE.has(code) || /^08/.test(code))) return true;
  return inner instanceof Error && UNAVAILABLE_TEXTS.test(inner.message);
}

/** Whether the same request, repeated a moment later, may well succeed. */
export function isRetryable(error: unknown): boolean {
  const code = databaseCode(error);
  return code !== undefined && RETRYABLE.has(code);
}

/** Name of the unique constraint or index that the statement ran into; undefined for other failures. */
export function violatedUnique(error: unknown): string | undefined {
  return violated(error, '23505');
}

/** Name of the foreign key that the statement ran into; undefined for other failures. */
export function violatedForeignKey(error: unknown): string | undefined {
  return violated(error, '23503');
}

function violated(error: unknown, sqlState: string): string | undefined {
  const inner = unwrap(error);
  if (codeOf(inner) !== sqlState || typeof inner !== 'object' || inner === null) return undefined;
  return 'constraint' in inner && typeof inner.constraint === 'string' ? inner.constraint : '';
}
