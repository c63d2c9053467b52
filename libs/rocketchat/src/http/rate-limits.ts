import { abortable, linkSignals, type Clock } from './clock.js';

/** What one route is known to allow. */
interface RouteState {
  /**
   * The least that the server told to be left in this window; within one it only falls. `unknown`: nothing was told yet, or the window is
   * over; `none`: answers come without such headers, so this caller may bypass limits.
   */
  told: number | 'unknown' | 'none';
  /** End of the window on our clock, ms since 1970. */
  resetAt: number;
  /** Nothing is sent before this moment (429). */
  blockedUntil: number;
  /** Sent and not yet answered: taken off `told`, which may or may not count them. */
  underWay: number;
  /** The end of the queue: calls of a route are let through in the order they came. */
  queue: Promise<void>;
  /** Wakes the first of the queue: an answer may have made room. */
  wake: (() => void) | undefined;
}

/** What an answer says about limits. */
export interface LimitAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Milliseconds that a 429 told to wait. */
  readonly blockedForMs?: number;
}

/** The server's windows are a minute by default; a longer told wait is taken for a mistake, and the call finds out. */
const LONGEST_WAIT_MS = 5 * 60_000;
/** So many calls of one route are sent before the first answer tells what is left; half of what the server allows by default. */
const CALLS_INTO_THE_UNKNOWN = 5;
/** Two windows that end this close together are one: the server computes the end anew for every answer. */
const SAME_WINDOW_MS = 2_000;

/**
 * Keeps to the server's limits **before** it has to refuse: per route it counts down what `X-RateLimit-Remaining` told, and waits until
 * `X-RateLimit-Reset` when nothing is left. The reset is an epoch in **milliseconds** of the server's clock, read against its `Date`
 * header, so that a wrong clock on either side does no harm. Callers who may bypass limits get no such headers and never wait.
 */
export class RateLimits {
  private readonly routes = new Map<string, RouteState>();

  constructor(private readonly clock: Clock) {}

  /**
   * Waits until the route may be called, and counts the call. Every granted call must be followed by `settle`.
   *
   * @returns the milliseconds waited
   * @throws the signal's reason when it is aborted while waiting
   */
  async enter(route: string, signal?: AbortSignal): Promise<number> {
    const state = this.stateOf(route);
    const start = this.clock.now();
    const turn = state.queue.catch(() => undefined).then(() => this.grant(route, state, signal));
    state.queue = turn;
    try {
      await abortable(turn, signal);
    } catch (error) {
      // The turn itself ends with the same abort; had it been granted in that moment, the call is taken back.
      void turn.then(
        () => {
          state.underWay -= 1;
        },
        () => undefined,
      );
      throw error;
    }
    return this.clock.now() - start;
  }

  /** How long a call of this route would have to wait now, ms; how long others are under way is not counted. */
  waitFor(route: string): number {
    const state = this.stateOf(route);
    this.expire(state);
    const free = typeof state.told !== 'number' || state.told > state.underWay;
    return Math.max(0, Math.max(free ? 0 : state.resetAt, state.blockedUntil) - this.clock.now());
  }

  /** Notes what the answer tells, or that there was none. */
  settle(route: string, answer?: LimitAnswer): void {
    const state = this.stateOf(route);
    state.underWay -= 1;
    if (answer) this.learn(state, answer);
    // Lost on the way, or on the way back: the server may have counted it.
    else if (typeof state.told === 'number') state.told -= 1;
    state.wake?.();
  }

  private learn(state: RouteState, { status, headers, blockedForMs }: LimitAnswer): void {
    const now = this.clock.now();
    if (blockedForMs !== undefined) {
      state.blockedUntil = Math.max(state.blockedUntil, now + Math.min(blockedForMs, LONGEST_WAIT_MS));
      state.told = 'unknown';
      return;
    }
    const remaining = numberIn(headers, 'x-ratelimit-remaining');
    const reset = resetIn(headers, now);
    if (remaining === undefined || reset === undefined) {
      // Strangers and proxies are answered before the limiter looks.
      if (status < 500 && status !== 401) state.told = 'none';
    } else if (typeof state.told !== 'number' || reset > state.resetAt + SAME_WINDOW_MS) {
      state.told = remaining;
      state.resetAt = reset;
    } else if (reset >= state.resetAt - SAME_WINDOW_MS) {
      // Answers overtake each other.
      state.told = Math.min(state.told, remaining);
    }
  }

  private async grant(route: string, state: RouteState, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const wait = this.waitFor(route);
      if (wait > 0) await this.pause(state, (woken) => this.clock.sleep(wait, woken), signal);
      else if (state.told === 'unknown' && state.underWay >= CALLS_INTO_THE_UNKNOWN)
        await this.pause(state, forever, signal);
      else break;
    }
    state.underWay += 1;
  }

  private expire(state: RouteState): void {
    if (typeof state.told === 'number' && this.clock.now() >= state.resetAt) state.told = 'unknown';
  }

  /** Until `rest` is over, or an answer has changed what is known. */
  private async pause(
    state: RouteState,
    rest: (woken: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const woken = new AbortController();
    state.wake = () => woken.abort();
    const link = linkSignals(signal, woken.signal);
    try {
      await rest(link.signal);
    } catch {
      signal?.throwIfAborted();
    } finally {
      link.release();
      state.wake = undefined;
    }
  }

  private stateOf(route: string): RouteState {
    let state = this.routes.get(route);
    if (!state) {
      state = {
        told: 'unknown',
        resetAt: 0,
        blockedUntil: 0,
        underWay: 0,
        queue: Promise.resolve(),
        wake: undefined,
      };
      this.routes.set(route, state);
    }
    return state;
  }
}

/** Ends only with its signal. */
function forever(signal: AbortSignal): Promise<void> {
  return abortable(new Promise<void>(() => undefined), signal);
}

/** Milliseconds that the headers of a refusal tell to wait: `Retry-After` of a proxy, or Rocket.Chat's own reset. */
export function retryAfterIn(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = Number(after);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - now;
    if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, LONGEST_WAIT_MS);
  }
  const reset = resetIn(headers, now);
  return reset === undefined ? undefined : Math.max(0, reset - now);
}

/** The end of the window on our clock. */
function resetIn(headers: Headers, now: number): number | undefined {
  const reset = numberIn(headers, 'x-ratelimit-reset');
  if (reset === undefined) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  // `Date` has whole seconds, cut off: at worst we wait a second too long. Below a second of difference our own clock is better.
  const serverNow = Number.isNaN(date) || Math.abs(date - now) < 1_500 ? now : date;
  return now + Math.min(Math.max(0, reset - serverNow), LONGEST_WAIT_MS);
}

function numberIn(headers: Headers, name: string): number | undefined {
  const value = headers.get(name);
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
