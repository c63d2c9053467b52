import { DEVICE_CODE_GRANT, OAUTH_SCOPE_NAMES } from '@besedka/contracts';

/** Claims that id tokens and userinfo may hold: those of the protocol and those that `claimsFor` gives. */
export const CLAIMS = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'at_hash',
  'sid',
  'name',
  'preferred_username',
  'locale',
  'updated_at',
  'picture',
  'email',
  'email_verified',
  'roles',
  'groups',
] as const;

/** What the server can do, in the words of OpenID Connect Discovery 1.0 (3) and RFC 8414 (2); one document serves both addresses. */
export function providerMetadata(issuer: string) {
  const withSecret = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer,
    authorization_endpoint: `${issuer}/o/authorize/`,
    token_endpoint: `${issuer}/o/token/`,
    userinfo_endpoint: `${issuer}/o/userinfo/`,
    jwks_uri: `${issuer}/o/jwks/`,
    revocation_endpoint: `${issuer}/o/revoke_token/`,
    introspection_endpoint: `${issuer}/o/introspect/`,
    device_authorization_endpoint: `${issuer}/o/device_authorization/`,
    end_session_endpoint: `${issuer}/o/logout/`,
    scopes_supported: OAUTH_SCOPE_NAMES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE_GRANT],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: [...withSecret, 'none'],
    revocation_endpoint_auth_methods_supported: [...withSecret, 'none'],
    introspection_endpoint_auth_methods_supported: withSecret,
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
    claims_supported: CLAIMS,
    claims_parameter_supported: false,
    request_parameter_supported: false,
    // Left out it would count as supported.
    request_uri_parameter_supported: false,
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    ui_locales_supported: ['ru', 'en'],
  };
}
