/** What went wrong, as far as a caller acts differently on it. */
export type RocketChatErrorKind =
  /** No connection, or it broke before an answer was complete. */
  | 'unreachable'
  /** No complete answer in time. */
  | 'timeout'
  /** Credentials are missing, refused, or locked out for a while. */
  | 'unauthorized'
  /** Signed in, but a permission is missing. */
  | 'forbidden'
  /** A second factor is asked for, or the one given is wrong. */
  | 'second-factor'
  /** Too many calls; `retryAfterMs` tells how long to wait. */
  | 'rate-limited'
  /** The thing, or the route, is not there; also a private room that the caller may not see. */
  | 'not-found'
  /** Nothing to do: the state is already the one asked for. */
  | 'already-so'
  /** Something else stands in the way: a name that is taken, an archived room, somebody who is not a member. */
  | 'conflict'
  /** The server (or this client's own schema) does not accept what was sent. */
  | 'invalid'
  /** A rule of the server forbids it, whoever asks: last owner, last admin, a feature that needs a licence. */
  | 'refused'
  /** The server answers, but cannot work (5xx). */
  | 'unavailable'
  /** An answer that no Rocket.Chat gives: HTML, a redirect, a missing member. */
  | 'unexpected-answer';

export interface RocketChatErrorInit {
  readonly kind: RocketChatErrorKind;
  /** Method and path template, as `POST settings/:_id`: never a value. */
  readonly route: string;
  /** HTTP status; missing when there was no answer. */
  readonly status?: number;
  /** Rocket.Chat's code, as `error-room-not-found`. */
  readonly errorType?: string;
  /** The server's own words; they may hold names and addresses. */
  readonly text?: string;
  /** Rocket.Chat's `details`, as it sent them. */
  readonly details?: unknown;
  /** Milliseconds until another try makes sense. */
  readonly retryAfterMs?: number;
  /** A code without personal data, for logs: `ECONNREFUSED`, `answer is not JSON`. */
  readonly reason?: string;
  readonly cause?: unknown;
}

/**
 * Every failure of a call. `message`, and what a logger sees, hold kind, route, status and code only; the server's own words and details
 * are behind getters, because they may hold names, addresses or what was sent.
 */
export class RocketChatError extends Error {
  readonly kind: RocketChatErrorKind;
  readonly route: string;
  readonly status: number | undefined;
  readonly errorType: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reason: string | undefined;
  readonly #text: string | undefined;
  readonly #details: unknown;

  constructor(init: RocketChatErrorInit) {
    const facts = [init.status, init.errorType, init.reason].filter((fact) => fact !== undefined);
    super(`Rocket.Chat, ${init.route}: ${init.kind}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`, {
      cause: init.cause,
    });
    this.name = 'RocketChatError';
    this.kind = init.kind;
    this.route = init.route;
    this.status = init.status;
    this.errorType = init.errorType;
    this.retryAfterMs = init.retryAfterMs;
    this.reason = init.reason;
    this.#text = init.text;
    this.#details = init.details;
  }

  /** The server's own words, for a person who looks into it; not for logs. */
  get text(): string | undefined {
    return this.#text;
  }

  /** Rocket.Chat's `details`, for instance the rooms of a last owner; not for logs. */
  get details(): unknown {
    return this.#details;
  }
}

/** Whether this is a `RocketChatError` of one of these kinds. */
export function isRocketChatError(error: unknown, ...kinds: RocketChatErrorKind[]): error is RocketChatError {
  return error instanceof RocketChatError && (kinds.length === 0 || kinds.includes(error.kind));
}
