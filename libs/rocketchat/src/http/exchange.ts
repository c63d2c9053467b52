import { RocketChatError } from '../errors.js';
import { linkSignals } from './clock.js';
import { isRecord } from './json.js';

/** One HTTP request, ready to send. */
export interface Exchange {
  /** For errors. */
  readonly route: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Milliseconds until the whole answer must be here. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Failures before a single byte could reach the server: sending again is safe for every call. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the call certainly did not arrive. */
export function wasNotSent(error: RocketChatError): boolean {
  return error.kind === 'unreachable' && error.reason !== undefined && NOT_SENT.has(error.reason);
}

/**
 * Sends one request and reads the whole answer. Redirects are not followed: they would carry the token elsewhere, or turn a POST
 * into a GET; a redirect means a wrong base address, and is told as such.
 *
 * @throws {RocketChatError} `unreachable`, `timeout`, `unexpected-answer` (a redirect); the signal's reason when it is aborted
 */
export async function exchange(request: Exchange, fetcher: typeof fetch): Promise<ExchangeAnswer> {
  const { route, method, url, headers, body, timeoutMs, signal } = request;
  signal?.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const link = linkSignals(signal, limit.signal);
  try {
    const response = await fetcher(url, { method, headers, body, redirect: 'manual', signal: link.signal });
    const text = await response.text();
    if (response.status >= 300 && response.status < 400) {
      throw new RocketChatError({
        kind: 'unexpected-answer',
        route,
        status: response.status,
        reason: 'redirect: the base address is not the one the server uses',
        text: response.headers.get('location') ?? undefined,
      });
    }
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof RocketChatError) throw error;
    if (signal?.aborted) throw signal.reason;
    if (limit.signal.aborted)
      throw new RocketChatError({ kind: 'timeout', route, reason: `${timeoutMs} ms`, cause: error });
    throw new RocketChatError({ kind: 'unreachable', route, reason: networkCode(error), cause: error });
  } finally {
    clearTimeout(timer);
    link.release();
  }
}

/** The system's code, from wherever Node has put it; several addresses tried give an error with a list of errors. */
function networkCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; isRecord(at) && depth < 5; depth += 1) {
    if (typeof at.code === 'string') return at.code;
    at = Array.isArray(at.errors) ? at.errors[0] : at.cause;
  }
  return undefined;
}
