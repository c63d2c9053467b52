import type { ErrorCode, FieldError, Problem } from '@besedka/contracts/errors';

/** Failures that never reached the server, or were answered by something that is not our API. */
export type ClientErrorCode = 'network' | 'timeout' | 'unexpected';
export type AnyErrorCode = ErrorCode | ClientErrorCode;

/**
 * The one error type of the web app: every failed request and every refused socket message becomes this.
 * Its text for people is `errorText(error)`; `code` is what code decides by.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: AnyErrorCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly fields: readonly FieldError[];
  readonly requestId: string | undefined;
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined;
  /** 412: the resource as the server has it now. */
  readonly current: unknown;
  readonly data: Record<string, unknown>;

  constructor(code: AnyErrorCode, status = 0, problem: Partial<Problem> = {}) {
    super(problem.detail ?? problem.title ?? code);
    this.code = code;
    this.status = status;
    this.fields = problem.errors ?? [];
    this.requestId = problem.requestId;
    this.retryAfter = problem.retryAfter;
    this.current = problem.current;
    this.data = problem.data ?? {};
  }

  /** Whether the same request may succeed later without any change. */
  get retriable(): boolean {
    return this.code === 'network' || this.code === 'timeout' || this.status === 503 || this.status === 429;
  }
}

/** Anything thrown, as an ApiError. */
export function toApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('unexpected');
}

/** The code of the first broken rule of a field, for the message beside it. */
export function fieldCode(error: ApiError | null | undefined, path: string): string | undefined {
  return error?.fields.find((field) => field.path === path)?.code;
}
