import { HttpException } from '@nestjs/common';
import { ERRORS, type ErrorCode, type FieldError, type Problem } from '@besedka/contracts';
import { AppError } from './app-error.js';
import { databaseCode, isDatabaseUnavailable, isRetryable } from './database-errors.js';

/** Seconds that a client should wait while the database is away. */
const DATABASE_RETRY_SECONDS = 2;

/** Every other refusal of the framework (416 of a range that a file does not have, 412 of its condition) is the caller's fault. */
const OTHER_4XX: ErrorCode = 'malformed_request';

/** Codes of failures that the framework itself reports (router, body parser), by HTTP status. */
const CODE_BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'malformed_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  414: 'malformed_request',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'shutting_down',
};

function codeOfStatus(status: number): ErrorCode | undefined {
  return CODE_BY_STATUS[status] ?? (status >= 400 && status < 500 ? OTHER_4XX : undefined);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/**
 * The one mapping from anything thrown to a named refusal. What nobody foresaw becomes `internal`, with the original as
 * `cause` for the log; its text never leaves the process.
 */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) {
    return new AppError('database_unavailable', { retryAfter: DATABASE_RETRY_SECONDS, cause: error });
  }
  if (isRetryable(error)) return new AppError('database_unavailable', { retryAfter: 1, cause: error });
  // Text that the input checks let through and PostgreSQL cannot store: the caller's fault, not a failure of ours.
  if (databaseCode(error) === '22021' || databaseCode(error) === '22P05') {
    return new AppError('validation_failed', {
      detail: 'The text has characters that cannot be stored.',
      cause: error,
    });
  }
  const status = statusOf(error);
  const code = status === undefined ? undefined : codeOfStatus(status);
  return code === undefined ? new AppError('internal', { cause: error }) : new AppError(code, { cause: error });
}

/** Body of the HTTP answer. Socket acknowledgements use the same members without `type`, `title` and `status`. */
export function toProblem(error: AppError, requestId: string): Problem {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:besedka:error:${error.code}`,
    title,
    status,
    code: error.code,
    requestId,
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.fields !== undefined && { errors: [...error.fields] }),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
    ...(error.current !== undefined && { current: error.current }),
    ...(error.data !== undefined && { data: error.data }),
  };
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly code?: unknown;
}

/**
 * Field errors out of schema issues. The contracts put the name of a broken rule where zod puts a text
 * (`{ error: 'too_long' }`); such a word becomes the code, otherwise zod's own kind of issue does.
 */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues.slice(0, 50).map((issue) => {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    const named = /^[a-z][a-z0-9_]*$/.test(issue.message);
    const code = named ? issue.message : typeof issue.code === 'string' ? issue.code : 'invalid';
    return { path, code, message: issue.message };
  });
}

/** The refusal for input that a schema rejected. */
export function validationFailed(issues: readonly Issue[]): AppError {
  return new AppError('validation_failed', { fields: fieldErrors(issues) });
}
