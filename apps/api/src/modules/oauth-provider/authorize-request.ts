import { OAUTH_SCOPE_NAMES, type OAuthScope } from '@besedka/contracts';
import { OAuthError } from './oauth-errors.js';

/** Longest query that is answered; longer ones are cut off by no honest application. */
export const QUERY_MAX = 8_000;
const NONCE_MAX = 512;
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** Parameters that we add ourselves while a request is on its way through our own pages. */
const OWN_PREFIX = 'besedka_';
/** Characters that an address may hold; anything else in `state` is percent-encoded before it goes back. */
const NOT_IN_QUERY = /[^A-Za-z0-9\-._~!$'()*+,;:@/?%=]/g;

/** Why an authorize request cannot even be answered at a redirect URI: a page names it instead. */
export type PageFault =
  | 'malformed_request'
  | 'duplicate_parameter'
  | 'unknown_client'
  | 'client_disabled'
  | 'redirect_uri_missing'
  | 'redirect_uri_mismatch';

export class AuthorizePageError extends Error {
  override readonly name = 'AuthorizePageError';
  constructor(readonly fault: PageFault) {
    super(fault);
  }
}

const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** The query of an authorize request, split once; unknown parameters are ignored (RFC 6749 3.1). */
export class AuthorizeQuery {
  private constructor(
    /** As it came, without our own marker. */
    readonly raw: string,
    private readonly values: ReadonlyMap<string, string>,
    /** `state` as it stood in the address, so that it goes back byte for byte. */
    readonly rawState: string | null,
    /** Our own proof that the person has just signed in or consented. */
    readonly resume: string | null,
  ) {}

  /** @throws AuthorizePageError when it is too long, not readable or names a parameter twice (RFC 6749 3.1) */
  static parse(query: string): AuthorizeQuery {
    if (query.length > QUERY_MAX) throw new AuthorizePageError('malformed_request');
    const values = new Map<string, string>();
    const kept: string[] = [];
    let rawState: string | null = null;
    let resume: string | null = null;
    for (const pair of query.split('&')) {
      if (pair === '') continue;
      const at = pair.indexOf('=');
      const [name, value] = [decode(at < 0 ? pair : pair.slice(0, at)), at < 0 ? '' : pair.slice(at + 1)];
      if (name === 'besedka_resume') resume = decode(value);
      if (name.startsWith(OWN_PREFIX)) continue;
      kept.push(pair);
      if (values.has(name)) throw new AuthorizePageError('duplicate_parameter');
      values.set(name, decode(value));
      if (name === 'state') rawState = value.replace(NOT_IN_QUERY, encodeURIComponent);
    }
    return new AuthorizeQuery(kept.join('&'), values, rawState, resume);
  }

  /** The parameter; an empty one counts as left out (RFC 6749 3.1). */
  get(name: string): string | null {
    const value = this.values.get(name);
    return value === undefined || value === '' ? null : value;
  }
}

/** Decodes one form-encoded word. @throws AuthorizePageError on broken escapes */
function decode(word: string): string {
  try {
    return decodeURIComponent(word.replaceAll('+', ' '));
  } catch {
    throw new AuthorizePageError('malformed_request');
  }
}

/** What is asked, once client and redirect URI are known to belong together. */
export interface AuthorizeRequest {
  readonly scopes: readonly OAuthScope[];
  readonly codeChallenge: string | null;
  readonly nonce: string | null;
  readonly prompts: ReadonlySet<Prompt>;
  /** Seconds since the person last proved who they are, at most. */
  readonly maxAge: number | null;
  readonly loginHint: string | null;
}

interface ClientRules {
  readonly pkceRequired: boolean;
  readonly grantTypes: readonly string[];
  readonly scopes: readonly OAuthScope[];
}

/** @throws OAuthError, which goes to the redirect URI */
export function readAuthorizeRequest(query: AuthorizeQuery, client: ClientRules): AuthorizeRequest {
  if (query.get('request') !== null)
    throw new OAuthError('request_not_supported', 'Request objects are not supported.');
  if (query.get('request_uri') !== null) {
    throw new OAuthError('request_uri_not_supported', 'Request objects are not supported.');
  }
  const responseType = query.get('response_type');
  if (responseType === null) throw new OAuthError('invalid_request', 'response_type is missing.');
  if (responseType !== 'code')
    throw new OAuthError('unsupported_response_type', 'Only response_type=code is supported.');
  const responseMode = query.get('response_mode');
  if (responseMode !== null && responseMode !== 'query') {
    throw new OAuthError('invalid_request', 'Only response_mode=query is supported.');
  }
  if (!client.grantTypes.includes('authorization_code')) {
    throw new OAuthError('unauthorized_client', 'This application may not use the authorization code grant.');
  }
  const nonce = query.get('nonce');
  if (nonce !== null && nonce.length > NONCE_MAX) throw new OAuthError('invalid_request', 'nonce is too long.');
  return {
    scopes: narrowScopes(query.get('scope'), client.scopes),
    codeChallenge: readChallenge(query, client.pkceRequired),
    nonce,
    prompts: readPrompts(query.get('prompt')),
    maxAge: readMaxAge(query.get('max_age')),
    loginHint: query.get('login_hint')?.slice(0, 254) ?? null,
  };
}

/** Only S256 (RFC 9700 2.1.1); a method without a challenge, or none at all where one is needed, is refused. */
function readChallenge(query: AuthorizeQuery, required: boolean): string | null {
  const challenge = query.get('code_challenge');
  const method = query.get('code_challenge_method');
  if (challenge === null) {
    if (method !== null) throw new OAuthError('invalid_request', 'code_challenge is missing.');
    if (required) throw new OAuthError('invalid_request', 'PKCE is required: code_challenge is missing.');
    return null;
  }
  if (method !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256.');
  if (!CHALLENGE.test(challenge)) throw new OAuthError('invalid_request', 'code_challenge is not an S256 challenge.');
  return challenge;
}

function readPrompts(value: string | null): ReadonlySet<Prompt> {
  const words = (value ?? '').split(' ').filter((word) => word !== '');
  const prompts = new Set(words.filter((word): word is Prompt => (PROMPTS as readonly string[]).includes(word)));
  if (prompts.size !== new Set(words).size) throw new OAuthError('invalid_request', 'prompt has an unknown value.');
  if (prompts.has('none') && prompts.size > 1) {
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined.');
  }
  return prompts;
}

function readMaxAge(value: string | null): number | null {
  if (value === null) return null;
  if (!/^\d{1,9}$/.test(value)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.');
  return Number(value);
}

/**
 * What of the asked scopes the client is registered for; everything it is registered for when it asks for nothing. Names that we
 * do not know are left out (OpenID Connect Core 3.1.2.1), and the answer tells what was given (RFC 6749 3.3).
 * @throws OAuthError `invalid_scope` when nothing remains
 */
export function narrowScopes(asked: string | null, registered: readonly OAuthScope[]): OAuthScope[] {
  const words = asked === null ? null : asked.split(' ');
  const scopes = OAUTH_SCOPE_NAMES.filter(
    (name) => registered.includes(name) && (words === null || words.includes(name)),
  );
  if (scopes.length === 0) {
    throw new OAuthError('invalid_scope', 'None of the scopes is registered for this application.');
  }
  return scopes;
}
