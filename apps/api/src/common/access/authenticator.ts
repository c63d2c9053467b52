import type { OAuthScope } from '@besedka/contracts';
import type { Principal } from '../context/request-context.js';

export interface AccessToken {
  readonly value: string;
  readonly via: 'cookie' | 'bearer';
}

/** Turns an access token into the person behind it. Implemented by the auth module; shared by HTTP and sockets. */
export interface Authenticator {
  /**
   * @returns the principal, or null for a token that is malformed, expired, or whose session or user has ended
   */
  authenticate(token: AccessToken): Promise<Principal | null>;
}

/** Injection token of the Authenticator. */
export const AUTHENTICATOR = Symbol('AUTHENTICATOR');

/** Turns an application's own access token (client credentials) into a principal. Implemented by the OAuth provider. */
export interface ServiceAuthenticator {
  /** @returns the application as a principal without roles, or null when the token does not hold this scope (any more) */
  authenticateService(token: string, scope: OAuthScope): Promise<Principal | null>;
}

/** Injection token of the ServiceAuthenticator. */
export const SERVICE_AUTHENTICATOR = Symbol('SERVICE_AUTHENTICATOR');
