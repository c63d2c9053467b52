import { z } from 'zod';
import { optionalText, wholeNumber } from './env-fields.js';

export const authSchema = z.object({
  /**
   * Key that signs access tokens, at least 32 characters. Required in production; in local mode one is made at the
   * first start and kept in the data folder, readable by its owner only.
   */
  AUTH_SECRET: optionalText(),
  /** Seconds that an access token lives. Default 300. */
  ACCESS_TOKEN_SECONDS: wholeNumber(300, 5, 86_400),
  /** Days that a sign-in lasts without use. Default 30. */
  REFRESH_TOKEN_DAYS: wholeNumber(30, 1, 3650),
  /** Seconds during which a used refresh token still gives its successor (two tabs at once). Default 30; 0 forbids any reuse. */
  REFRESH_GRACE_SECONDS: wholeNumber(30, 0, 600),
  /** KiB of memory that hashing one password takes (Argon2id). Default 19456, also the least that production accepts. */
  PASSWORD_HASH_KIB: wholeNumber(19_456, 8, 4_194_304),
});

export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  /** Whether cookies carry `Secure`; then the names have the prefixes that browsers enforce. */
  readonly secure: boolean;
}

export interface AuthConfig {
  readonly secret: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenDays: number;
  readonly refreshGraceSeconds: number;
  /** Memory of one Argon2id hash. */
  readonly passwordHashKib: number;
  readonly cookies: CookieNames;
}
