import { Injectable } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';

export interface RateRule {
  /** Separates counters of different rules. */
  readonly name: string;
  /** Hits allowed at once, refilled evenly over the window; 0 switches the rule off. */
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Hits left right now. */
  readonly remaining: number;
  /** Seconds until the next hit is allowed; 0 when it is. */
  readonly retryAfter: number;
  /** Seconds until the full limit is available again. */
  readonly resetAfter: number;
}

/** Counters kept at most; beyond that the one unused for longest goes. About 10 MB. */
const MAX_KEYS = 50_000;

/**
 * Limits how often something happens, per key, in this process. Each key costs one number: the moment at which its bucket
 * is full again (generic cell rate algorithm), so there are no windows to jump over and nothing to sweep.
 */
@Injectable()
export class RateLimiter {
  private readonly fullAt = new Map<string, number>();

  /**
   * Counts one hit of `key` (a user id or an address) unless it is over the limit.
   * @param now milliseconds
   * @param cost hits that this one stands for; all or none are counted, and more than the limit are never allowed
   */
  hit(rule: RateRule, key: string, now = Date.now(), cost = 1): RateDecision {
    if (rule.limit === 0) return { allowed: true, remaining: Number.MAX_SAFE_INTEGER, retryAfter: 0, resetAfter: 0 };
    const id = `${rule.name}\u0000${key}`;
    const step = (rule.windowSeconds * 1000) / rule.limit;
    const windowMs = rule.windowSeconds * 1000;
    // A clock set back must not lock anybody out for longer than one window.
    const fullAt = Math.min(Math.max(this.fullAt.get(id) ?? now, now), now + windowMs);
    const next = fullAt + step * cost;
    const over = next - now - windowMs;
    if (over > 0.5) {
      this.remember(id, fullAt);
      return { allowed: false, remaining: 0, retryAfter: over / 1000, resetAfter: (fullAt - now) / 1000 };
    }
    this.remember(id, next);
    return {
      allowed: true,
      remaining: Math.floor((windowMs - (next - now)) / step + 1e-6),
      retryAfter: 0,
      resetAfter: (next - now) / 1000,
    };
  }

  /**
   * Counts one hit, or the `cost` of several at once.
   * @throws AppError `rate_limited` with the seconds to wait; nothing is then counted
   */
  consume(rule: RateRule, key: string, cost = 1): RateDecision {
    const decision = this.hit(rule, key, Date.now(), cost);
    if (decision.allowed) return decision;
    throw limited(rule, decision);
  }

  /**
   * Whether a hit would be allowed now, without counting one.
   * @throws AppError `rate_limited` with the seconds to wait
   */
  assertFree(rule: RateRule, key: string, now = Date.now()): void {
    const fullAt = this.fullAt.get(`${rule.name}\u0000${key}`);
    if (rule.limit === 0 || fullAt === undefined) return;
    const windowMs = rule.windowSeconds * 1000;
    const over = Math.min(fullAt, now + windowMs) + windowMs / rule.limit - now - windowMs;
    if (over > 0.5) throw limited(rule, { retryAfter: over / 1000, resetAfter: (fullAt - now) / 1000 });
  }

  /** Forgets the hits of a key, e.g. after an admin lifted a limit. */
  reset(name: string, key: string): void {
    this.fullAt.delete(`${name}\u0000${key}`);
  }

  private remember(id: string, fullAt: number): void {
    this.fullAt.delete(id);
    this.fullAt.set(id, fullAt);
    if (this.fullAt.size <= MAX_KEYS) return;
    const oldest = this.fullAt.keys().next();
    if (!oldest.done) this.fullAt.delete(oldest.value);
  }
}

function limited(rule: RateRule, decision: Pick<RateDecision, 'retryAfter' | 'resetAfter'>): AppError {
  return new AppError('rate_limited', {
    retryAfter: Math.max(1, Math.ceil(decision.retryAfter)),
    data: { limit: rule.limit, windowSeconds: rule.windowSeconds, resetAfter: Math.ceil(decision.resetAfter) },
  });
}
