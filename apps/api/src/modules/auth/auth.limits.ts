import type { RateLimitOptions } from '../../common/rate-limit/rate-limit.decorator.js';

/** Requests per address that cost a password hash or a letter. */
export const SIGN_IN_LIMIT: RateLimitOptions = {
  name: 'sign-in',
  limit: (config) => config.limits.signInPerMinute,
  windowSeconds: 60,
  by: 'address',
};
