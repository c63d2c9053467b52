import type { z } from 'zod';
import { authHeaders, secondFactorHeaders, type AuthTokens } from '../credentials.js';
import { RocketChatError, isRocketChatError } from '../errors.js';
import type { Session } from '../session.js';
import { linkSignals } from './clock.js';
import { errorOf } from './error-answer.js';
import { exchange, type ExchangeAnswer } from './exchange.js';
import { isRecord, parseJson } from './json.js';
import { retryAfterIn } from './rate-limits.js';
import { backoff, mayRepeat } from './retry.js';
import { routeCall, routeName, type AnyRoute, type Route, type RouteCall } from './route.js';
import type { Wire } from './wire.js';

/** Every method of the client takes these. */
export interface CallOptions {
  /** Ends the call wherever it is: waiting, sending, or between two tries. */
  readonly signal?: AbortSignal;
  /** Milliseconds for one try. */
  readonly timeoutMs?: number;
  /** Milliseconds that this call may wait for the server's rate limit; 0: never. */
  readonly rateLimitWaitMs?: number;
}

/** When a refusal tells no time. A proxy's windows are seconds, the server's own is a minute, of which it tells. */
const UNKNOWN_WAIT_MS = 5_000;
/** "Wait 0 seconds" is the end of a window, cut off. */
const SHORTEST_WAIT_MS = 250;

/** One call on its way through its tries. */
interface Attempt {
  readonly route: AnyRoute;
  readonly name: string;
  readonly call: RouteCall;
  readonly number: number;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Sends the calls of one session: limits, slots, tries, renewal of the sign-in, reading of the answer. */
export class Caller {
  constructor(
    readonly wire: Wire,
    readonly session: Session,
  ) {}

  /**
   * @throws {RocketChatError} every failure, by kind
   * @throws the signal's reason when the call is aborted
   */
  async call<Request extends z.ZodType, Answer extends z.ZodType>(
    route: Route<Request, Answer>,
    input: z.input<Request>,
    options: CallOptions = {},
  ): Promise<z.output<Answer>> {
    const name = routeName(route);
    const request = route.request.safeParse(input);
    if (!request.success) throw invalidRequest(name, request.error);
    const call = routeCall(this.wire.base, route, request.data as Record<string, unknown>);
    const link = linkSignals(options.signal, this.wire.closed);
    try {
      return await this.untilAnswered({ ...options, route, name, call, signal: link.signal });
    } finally {
      link.release();
    }
  }

  /**
   * A GET below the root whose answer may be anything, as of the health addresses: without credentials, without tries.
   *
   * @throws {RocketChatError} `unreachable`, `timeout`, `unexpected-answer` (a redirect)
   */
  async probe(path: `/${string}`, options: CallOptions = {}): Promise<ExchangeAnswer> {
    const link = linkSignals(options.signal, this.wire.closed);
    try {
      return await exchange(
        {
          route: `GET ${path}`,
          method: 'GET',
          url: this.wire.base + path,
          headers: { Accept: 'application/json, text/plain' },
          body: undefined,
          timeoutMs: options.timeoutMs ?? this.wire.timeoutMs,
          signal: link.signal,
        },
        this.wire.fetch,
      );
    } finally {
      link.release();
    }
  }

  private async untilAnswered<Answer extends z.ZodType>({
    route,
    name,
    call,
    signal,
    timeoutMs = this.wire.timeoutMs,
    rateLimitWaitMs = this.wire.rateLimitWaitMs,
  }: CallOptions & {
    route: Route<z.ZodType, Answer>;
    name: string;
    call: RouteCall;
    signal: AbortSignal;
  }): Promise<z.output<Answer>> {
    const { clock, retry, random } = this.wire;
    let failures = 0;
    let renewed = false;
    let patience = rateLimitWaitMs;
    for (let number = 1; ; number += 1) {
      const auth = await this.tokensFor(route, name, signal);
      const wait = this.wire.limits.waitFor(name);
      if (wait > patience) throw limitedHere(name, wait);
      patience -= wait;
      try {
        const body = await this.attempt({ route, name, call, number, signal, timeoutMs }, auth);
        if (auth) this.session.confirm(auth);
        return readAnswer(name, route.answer, body);
      } catch (error) {
        if (isRocketChatError(error, 'unauthorized') && auth && !renewed) {
          renewed = true;
          if (this.session.reject(auth)) continue;
        } else if (isRocketChatError(error, 'rate-limited')) {
          // Refused before it was looked at: any call may come again. `enter` waits, as `settle` was told.
          continue;
        } else if (mayRepeat(error, route.safety) && ++failures < retry.attempts) {
          await clock.sleep(backoff(retry, failures, random), signal);
          continue;
        }
        throw error;
      }
    }
  }

  private async tokensFor(route: AnyRoute, name: string, signal: AbortSignal): Promise<AuthTokens | undefined> {
    if (route.auth === 'none') return undefined;
    if (route.auth === 'if-any' && !this.session.current) return undefined;
    return this.session.use(name, signal);
  }

  /** Waits its turn, sends, and tells what came of it. @returns the parsed body of a success */
  private async attempt(attempt: Attempt, auth: AuthTokens | undefined): Promise<unknown> {
    const { clock, limits, slots } = this.wire;
    const { name, signal } = attempt;
    const asked = clock.now();
    await limits.enter(name, signal);
    let sent: number | undefined;
    let answer: ExchangeAnswer | undefined;
    let failure: unknown;
    try {
      answer = await slots.run(() => {
        sent = clock.now();
        return this.send(attempt, auth);
      }, signal);
      return readBody(name, answer, clock.now());
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      limits.settle(
        name,
        answer && { status: answer.status, headers: answer.headers, blockedForMs: blockedFor(failure) },
      );
      this.tell(attempt, asked, sent ?? clock.now(), answer, failure);
    }
  }

  private send(
    { route, name, call, signal, timeoutMs }: Attempt,
    auth: AuthTokens | undefined,
  ): Promise<ExchangeAnswer> {
    const headers = {
      Accept: 'application/json',
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(auth ? { ...authHeaders(auth), ...secondFactorHeaders(this.session.current) } : {}),
    };
    const { url, body } = call;
    return exchange({ route: name, method: route.method, url, headers, body, timeoutMs, signal }, this.wire.fetch);
  }

  private tell(
    { name, number }: Attempt,
    asked: number,
    sent: number,
    answer?: ExchangeAnswer,
    failure?: unknown,
  ): void {
    const error = failure instanceof RocketChatError ? failure : undefined;
    this.wire.report({
      route: name,
      attempt: number,
      outcome: failure === undefined ? 'ok' : (error?.kind ?? 'aborted'),
      status: answer?.status ?? error?.status,
      errorType: error?.errorType,
      durationMs: this.wire.clock.now() - sent,
      waitedMs: sent - asked,
    });
  }
}

/** Milliseconds for which nothing more of this route makes sense; undefined when the server did not say so. */
function blockedFor(failure: unknown): number | undefined {
  if (!isRocketChatError(failure, 'rate-limited')) return undefined;
  return Math.max(SHORTEST_WAIT_MS, failure.retryAfterMs ?? UNKNOWN_WAIT_MS);
}

/** The body of a success. @throws {RocketChatError} when the answer is none */
function readBody(route: string, { status, headers, text }: ExchangeAnswer, now: number): unknown {
  const body = parseJson(text);
  const ok = status >= 200 && status < 300;
  if (body === undefined && (ok || status === 401 || status === 403)) {
    // A proxy or another program answers in the place of the server: signing in anew would not help.
    throw new RocketChatError({ kind: 'unexpected-answer', route, status, reason: 'answer is not JSON' });
  }
  const failed = isRecord(body) && (body.success === false || body.status === 'error');
  if (ok && !failed) return body;
  const retryAfterMs = status === 429 || status === 503 ? retryAfterIn(headers, now) : undefined;
  throw errorOf({ route, status, body, retryAfterMs });
}

function readAnswer<Answer extends z.ZodType>(route: string, schema: Answer, body: unknown): z.output<Answer> {
  const answer = schema.safeParse(body);
  if (answer.success) return answer.data;
  throw new RocketChatError({
    kind: 'unexpected-answer',
    route,
    status: 200,
    reason: `answer: ${places(answer.error)}`,
  });
}

function invalidRequest(route: string, error: z.ZodError): RocketChatError {
  return new RocketChatError({ kind: 'invalid', route, reason: `request: ${places(error)}` });
}

/** Where it does not fit; never what was there. */
function places(error: z.ZodError): string {
  const paths = error.issues.map(({ path, code }) => `${path.join('.') || '(whole)'} ${code}`);
  return [...new Set(paths)].slice(0, 5).join(', ');
}

function limitedHere(route: string, wait: number): RocketChatError {
  return new RocketChatError({ kind: 'rate-limited', route, retryAfterMs: wait, reason: 'not sent' });
}
