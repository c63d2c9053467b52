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
