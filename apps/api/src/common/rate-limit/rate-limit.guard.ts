import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/app-config.js';
import { addressKey } from './address-key.js';
import { GeneralLimit, personKey } from './general-limit.js';
import { RATE_LIMIT_KEY, type RateLimitOptions } from './rate-limit.decorator.js';
import { RateLimiter } from './rate-limiter.js';

/** Applies the general limit to the API and a route's own limit where one is declared. Runs after the access guard. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly limiter: RateLimiter,
    private readonly general: GeneralLimit,
    private readonly config: AppConfig,
  ) {}

  canActivate(execution: ExecutionContext): boolean {
    // The realtime module asks the limiter itself: a socket message has no status line to answer with.
    if (execution.getType() !== 'http') return true;
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const reply = execution.switchToHttp().getResponse<FastifyReply>();
    this.general.admitted(request);
    const own = this.reflector.get<RateLimitOptions | undefined>(RATE_LIMIT_KEY, execution.getHandler());
    if (own === undefined) return true;
    const limit = typeof own.limit === 'function' ? own.limit(this.config) : own.limit;
    const key = own.by === 'address' ? addressKey(request.ctx.address) : personKey(request);
    const decision = this.limiter.consume({ name: own.name, limit, windowSeconds: own.windowSeconds }, key);
    if (limit > 0) {
      reply.header('ratelimit-limit', String(limit));
      reply.header('ratelimit-remaining', String(decision.remaining));
      reply.header('ratelimit-reset', String(Math.ceil(decision.resetAfter)));
    }
    return true;
  }
}
