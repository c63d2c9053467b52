import type { RocketChatErrorKind } from '../errors.js';
import { systemClock, type Clock } from './clock.js';
import { RateLimits } from './rate-limits.js';
import type { RetryPolicy } from './retry.js';
import { Slots } from './slots.js';

/** One try of one call, for metrics and logs: no addresses, no values, no texts of the server. */
export interface CallReport {
  /** Method and path template. */
  readonly route: string;
  /** From 1. */
  readonly attempt: number;
  readonly outcome: 'ok' | 'aborted' | RocketChatErrorKind;
  readonly status: number | undefined;
  readonly errorType: string | undefined;
  /** Milliseconds between sending and the whole answer. */
  readonly durationMs: number;
  /** Milliseconds that the call waited before for the server's limits and for a free slot. */
  readonly waitedMs: number;
}

/** How the client talks; everything has a default except the address. */
export interface WireOptions {
  /** Root of the server, as `https://chat.example.org`; a path is kept, a slash at its end is not. */
  readonly baseUrl: string;
  readonly fetch?: typeof fetch;
  /** Milliseconds for one try, until its whole answer is here (default 15 000). */
  readonly timeoutMs?: number;
  /** Calls under way at the same time (default 4). */
  readonly maxConcurrent?: number;
  /** Default: 3 tries, 250 ms, at most 5 s. */
  readonly retry?: Partial<RetryPolicy>;
  /** Milliseconds that one call may wait in all for the server's rate limit, before and after refusals (default 120 000). */
  readonly rateLimitWaitMs?: number;
  /** Told of every try; what it throws is ignored. */
  readonly observe?: (report: CallReport) => void;
  readonly clock?: Clock;
  /** In [0, 1), for jitter. */
  readonly random?: () => number;
}

/** What all sessions towards one server share: the server counts calls per address of ours, not per user. */
export class Wire {
  readonly base: string;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly rateLimitWaitMs: number;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limits: RateLimits;
  readonly slots: Slots;
  private readonly closing = new AbortController();
  private readonly observe: ((report: CallReport) => void) | undefined;

  /** @throws TypeError when the address is not an http(s) address, or holds credentials */
  constructor(options: WireOptions) {
    this.base = baseOf(options.baseUrl);
    // Looked up at every call: whoever replaces the global one later is heard.
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.timeoutMs = options.timeoutMs ?? 15_000;
    this.rateLimitWaitMs = options.rateLimitWaitMs ?? 120_000;
    this.retry = { attempts: 3, baseDelayMs: 250, maxDelayMs: 5_000, ...options.retry };
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.observe = options.observe;
    this.limits = new RateLimits(this.clock);
    this.slots = new Slots(options.maxConcurrent ?? 4);
  }

  /** Aborted when the client is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  close(): void {
    this.closing.abort(new DOMException('The Rocket.Chat client is closed', 'AbortError'));
  }

  report(report: CallReport): void {
    try {
      this.observe?.(report);
    } catch {
      // A broken metric must not break the call.
    }
  }
}

function baseOf(address: string): string {
  // The address itself is not repeated: it may hold a password.
  if (!URL.canParse(address)) throw new TypeError('The address of Rocket.Chat is not an address');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError('The address of Rocket.Chat must begin with http:// or https://');
  }
  if (url.username !== '' || url.password !== '')
    throw new TypeError('The address of Rocket.Chat must hold no credentials');
  return url.origin + url.pathname.replace(/\/+$/, '');
}
