import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/app-config.js';
import { addressKey } from './address-key.js';
import { RateLimiter, type RateRule } from './rate-limiter.js';

/** Whom a request counts for: the signed-in person, else the address. */
export function personKey({ ctx }: FastifyRequest): string {
  return ctx.principal === null ? addressKey(ctx.address) : `user:${ctx.principal.userId}`;
}

/** The limit on everything that the API is asked, what it refuses included. */
@Injectable()
export class GeneralLimit {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly config: AppConfig,
  ) {}

  /**
   * Asked before anybody is looked up: an address from which nothing but refused requests comes costs no more work. Requests
   * of signed-in people do not count here, so that an office behind one address does not use it up.
   * @throws AppError `rate_limited`
   */
  assertNotRefusedTooOften(request: FastifyRequest): void {
    this.limiter.assertFree(this.rule('refused'), addressKey(request.ctx.address));
  }

  /** Counts a refusal (401, 403): for the address while nobody is signed in. @throws AppError `rate_limited` */
  refused(request: FastifyRequest): void {
    const rule = this.rule(request.ctx.principal === null ? 'refused' : 'general');
    this.limiter.consume(rule, personKey(request));
  }

  /** Counts a request that is let in. @throws AppError `rate_limited` */
  admitted(request: FastifyRequest): void {
    if (request.routeOptions.config.withoutGeneralLimit === true) return;
    if (request.url.startsWith('/api/')) this.limiter.consume(this.rule('general'), personKey(request));
  }

  private rule(name: string): RateRule {
    return { name, limit: this.config.limits.generalPerMinute, windowSeconds: 60 };
  }
}
