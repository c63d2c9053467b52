import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { AppConfig } from '../../config/app-config.js';
import { addRouteConfig } from '../http/route-config.js';

export const RATE_LIMIT_KEY = 'besedka:rate-limit';

export interface RateLimitOptions {
  readonly name: string;
  /** Hits per window; a function reads it from the settings. 0 switches the limit off. */
  readonly limit: number | ((config: AppConfig) => number);
  readonly windowSeconds: number;
  /** Whom it counts: the signed-in user (the address when nobody is signed in), or always the address. */
  readonly by: 'user' | 'address';
}

/** Limits one route in addition to the general limit; the answer beyond it is 429 with `Retry-After`. */
export function RateLimit(options: RateLimitOptions): MethodDecorator {
  return applyDecorators(
    SetMetadata(RATE_LIMIT_KEY, options),
    ApiResponse({
      status: 429,
      description: 'Too many requests; Retry-After tells the seconds to wait',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }),
  );
}

/** The general limit does not count this route: a program asks it on behalf of many people, from one address. */
export function WithoutGeneralLimit(): MethodDecorator {
  return addRouteConfig({ withoutGeneralLimit: true });
}
