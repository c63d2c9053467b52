/**
 * What an application may ask for. A scope of a person's token says which claims and addresses it opens; a scope of a service
 * (client credentials) says what the application may do by itself. Names of OpenID Connect keep their meaning (OpenID Connect
 * Core 5.4, 11); `read` is what chat servers that know only plain OAuth 2 ask for.
 */
export const OAUTH_SCOPES = {
  openid: { of: 'person' },
  profile: { of: 'person' },
  email: { of: 'person' },
  /** Role names of the mapping, and groups. */
  roles: { of: 'person' },
  /** Kept signed in by refresh tokens while the person is away. */
  offline_access: { of: 'person' },
  /** Everything that signing in to a chat server needs: profile, email and roles at once. */
  read: { of: 'person' },
  /** The directory: names, user names and pictures of active people. */
  'directory:read': { of: 'service' },
  /** Introspection of tokens that were given to other applications (RFC 7662). */
  'tokens:introspect': { of: 'service' },
} as const satisfies Record<string, { of: 'person' | 'service' }>;

export type OAuthScope = keyof typeof OAUTH_SCOPES;
export const OAUTH_SCOPE_NAMES = Object.keys(OAUTH_SCOPES) as OAuthScope[];
export const PERSON_SCOPES = OAUTH_SCOPE_NAMES.filter((name) => OAUTH_SCOPES[name].of === 'person');
export const SERVICE_SCOPES = OAUTH_SCOPE_NAMES.filter((name) => OAUTH_SCOPES[name].of === 'service');

/** Grant types by their protocol names (RFC 6749, RFC 8628). There is no implicit grant and no password grant. */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const OAUTH_GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  DEVICE_CODE_GRANT,
] as const;
export type OAuthGrantType = (typeof OAUTH_GRANT_TYPES)[number];
