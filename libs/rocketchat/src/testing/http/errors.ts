/**
 * A refusal with everything that the answer says. Most are `400 {success: false, error: "text [code]", errorType: "code"}`;
 * a few endpoints have shapes of their own, given as `body`.
 */
export class RcError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body['error'] ?? body['message'] ?? status));
    this.status = status;
    this.body = body;
  }

  /** `errorType`, or `''`. */
  get code(): string {
    return String(this.body['errorType'] ?? '');
  }
}

/** The usual refusal, with an error type. */
export function refusal(code: string, text: string, details?: unknown): RcError {
  return new RcError(400, {
    success: false,
    error: `${text} [${code}]`,
    errorType: code,
    ...(details === undefined ? {} : { details }),
  });
}

/** A refusal that has no error type, only a text. */
export function plainRefusal(text: string): RcError {
  return new RcError(400, { success: false, error: text });
}

export function invalidParams(text: string): RcError {
  return refusal('invalid-params', text);
}

/** Not signed in, or with a session that ended. */
export function notLoggedIn(): RcError {
  return new RcError(401, { status: 'error', message: 'You must be logged in to do this.' });
}

/**
 * A permission is missing.
 *
 * @param terse as 9.0 says it
 * @param byRoute checked before the endpoint itself runs; inside, the text is shorter
 */
export function forbidden(terse: boolean, byRoute: boolean): RcError {
  const long = 'User does not have the permissions required for this action [error-unauthorized]';
  if (terse) return new RcError(403, { success: false, error: long, errorType: 'error-forbidden' });
  return new RcError(403, { success: false, error: byRoute ? long : 'unauthorized' });
}
