import { z } from 'zod';
import { wholeNumber } from './env-fields.js';

export const oauthSchema = z.object({
  /** Seconds that an application's access token lives; it is looked up at every use, so revoking does not wait. Default 3600. */
  OAUTH_ACCESS_TOKEN_SECONDS: wholeNumber(3_600, 10, 86_400),
  /** Days that an application may refresh without use. Default 30. */
  OAUTH_REFRESH_TOKEN_DAYS: wholeNumber(30, 1, 3_650),
  /** Days after which an application has to send the person to sign in again, however often it refreshed (OWASP ASVS 10.4.8). Default 365. */
  OAUTH_GRANT_DAYS: wholeNumber(365, 1, 3_650),
  /** Seconds that an id token is valid. Default 600. */
  OAUTH_ID_TOKEN_SECONDS: wholeNumber(600, 10, 86_400),
  /** Days after which the key that signs id tokens is exchanged. Default 30; 0: only by command. */
  OAUTH_KEY_ROTATION_DAYS: wholeNumber(30, 0, 3_650),
  /** Browser navigations to authorize by one session and application within 30 s that are still no loop. Default 3; 0: no loop breaker. */
  OAUTH_LOOP_LIMIT: wholeNumber(3, 0, 1_000),
});

export interface OAuthConfig {
  readonly accessTokenSeconds: number;
  /** At most `grantDays`. */
  readonly refreshTokenDays: number;
  readonly grantDays: number;
  readonly idTokenSeconds: number;
  readonly keyRotationDays: number;
  readonly loopLimit: number;
  /** Origin (scheme, host, port), or null: nobody but us frames anything. */
  readonly rocketChatOrigin: string | null;
}
