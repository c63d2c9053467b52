import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GeneralLimit } from '../rate-limit/general-limit.js';
import { RateLimitGuard } from '../rate-limit/rate-limit.guard.js';
import { RateLimiter } from '../rate-limit/rate-limiter.js';
import { AccessGuard } from './access.guard.js';

/** Guards of every route, in this order: who may (and how often somebody who may not), then how often. */
@Global()
@Module({
  providers: [
    RateLimiter,
    GeneralLimit,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
  ],
  exports: [RateLimiter],
})
export class AccessModule {}
