import type { Core } from '../core.js';
import { RcError } from './errors.js';

interface Window {
  used: number;
  ends: number;
}

/** Calls per address, method and route in a window of time. */
export class Limiter {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly core: Core) {}

  /**
   * Counts a call.
   *
   * @param limit own limit of the endpoint per minute; otherwise the settings say
   * @returns the three headers
   * @throws RcError 429 `error-too-many-requests`, with the headers in `limitHeaders`
   */
  count(key: string, limit?: number): Record<string, string> {
    const { settings, clock } = this.core;
    const most = limit ?? settings.number('API_Enable_Rate_Limiter_Limit_Calls_Default');
    const span = limit === undefined ? settings.number('API_Enable_Rate_Limiter_Limit_Time_Default') : 60_000;
    const now = clock.now();
    let window = this.windows.get(key);
    if (!window || window.ends <= now) {
      window = { used: 0, ends: now + span };
      this.windows.set(key, window);
    }
    const allowed = window.used < most;
    if (allowed) window.used += 1;
    const headers = limitHeaders(most, most - window.used, window.ends);
    if (!allowed) throw new TooMany(window.ends - now, headers);
    return headers;
  }

  clear(): void {
    this.windows.clear();
  }
}

/** The headers as the server sends them; the end of the window is in ms since the epoch. */
export function limitHeaders(limit: number, remaining: number, reset: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(Math.max(0, remaining)),
    'X-RateLimit-Reset': String(Math.round(reset)),
  };
}

/** One call too many. */
export class TooMany extends RcError {
  constructor(
    wait: number,
    readonly headers: Record<string, string>,
  ) {
    const seconds = Math.ceil(wait / 1000);
    super(429, {
      success: false,
      error:
        'Error, too many requests. Please slow down. ' +
        `You must wait ${seconds} seconds before trying this endpoint again. [error-too-many-requests]`,
    });
  }
}
