import { ERRORS, type ErrorCode, type FieldError } from '@besedka/contracts';

export interface AppErrorOptions {
  /** Invalid inputs, for `validation_failed` and its kin. */
  fields?: readonly FieldError[];
  /** Facts that the client may see, e.g. the existing account's user name (F29). Never secrets. */
  data?: Record<string, unknown>;
  /** 412 only: the resource as it is now, in its public shape. */
  current?: unknown;
  /** Seconds to wait; becomes `Retry-After`. */
  retryAfter?: number;
  /** One sentence about this very case, in English, safe to show. */
  detail?: string;
  cause?: unknown;
}

/**
 * A refusal with a name out of the contracts' error table. Modules make theirs in `x.errors.ts`, e.g.
 * `export const usernameTaken = (username: string) => new AppError('username_taken', { data: { username } })`.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly fields?: readonly FieldError[];
  readonly data?: Record<string, unknown>;
  readonly current?: unknown;
  readonly retryAfter?: number;
  readonly detail?: string;

  constructor(
    readonly code: ErrorCode,
    options: AppErrorOptions = {},
  ) {
    super(ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.fields = options.fields;
    this.data = options.data;
    this.current = options.current;
    this.retryAfter = options.retryAfter;
    this.detail = options.detail;
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** A single invalid field, for rules that a schema cannot see. */
export function invalidField(path: string, code: string, message: string): AppError {
  return new AppError('validation_failed', { fields: [{ path, code, message }] });
}
