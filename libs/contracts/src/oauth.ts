import { z } from 'zod';
import { OAUTH_GRANT_TYPES, OAUTH_SCOPE_NAMES, type OAuthScope } from './oauth-scopes.js';
import { isSafeText, singleLine } from './text.js';

const scope = z.enum(OAUTH_SCOPE_NAMES as [OAuthScope, ...OAuthScope[]]);
const scopes = z.array(scope);

export const CLIENT_NAME_MAX = 80;
export const CLIENT_DESCRIPTION_MAX = 300;
export const CLIENT_ID_MAX = 100;
export const REDIRECT_URIS_MAX = 20;
export const REDIRECT_URI_MAX = 500;
/** Secrets that one client may have at once: the one in use and its successor. */
export const CLIENT_SECRETS_MAX = 2;

/** Hosts of one's own machine; only there may a redirect URI be plain http (RFC 8252 7.3, 8.3). */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why a redirect URI cannot be registered, or null: absolute, without fragment and user info, https (http only on loopback),
 * or a private-use scheme with a dot (RFC 8252 7.1). Kept and compared exactly as written.
 */
export function redirectUriProblem(uri: string): string | null {
  // Browsers drop or turn some characters, so two readers would see two addresses.
  if (!isSafeText(uri) || /[\s\\*]/.test(uri) || !URL.canParse(uri)) return 'bad_uri';
  // A `Location` header takes ASCII alone (RFC 3986 2).
  if (/[^!-~]/.test(uri) || /["<>^`{|}]/.test(uri)) return 'uri_not_ascii';
  if (/%(?![0-9A-Fa-f]{2})/.test(uri)) return 'bad_uri';
  const url = new URL(uri);
  if (uri.includes('#')) return 'uri_fragment';
  if (/^[^/]*\/\/[^/?]*@/.test(uri)) return 'uri_user_info';
  // `https:host` is relative to a browser that is on https already.
  if (/^https?:$/.test(url.protocol) && !/^https?:\/\/[^/]/i.test(uri)) return 'bad_uri';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:') return LOOPBACK.test(url.hostname) ? null : 'uri_not_https';
  return url.protocol.includes('.') ? null : 'uri_scheme';
}

const redirectUri = z
  .string()
  .max(REDIRECT_URI_MAX, { error: 'too_long', abort: true })
  .superRefine((uri, issue) => {
    const problem = redirectUriProblem(uri);
    if (problem !== null) issue.addIssue({ code: 'custom', message: problem });
  });

const homeUrl = z
  .string()
  .max(REDIRECT_URI_MAX, { error: 'too_long', abort: true })
  .refine((value) => isSafeText(value) && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: 'bad_uri',
  });

const clientFields = {
  name: singleLine(CLIENT_NAME_MAX),
  description: z
    .string()
    .trim()
    .max(CLIENT_DESCRIPTION_MAX, { error: 'too_long', abort: true })
    .refine(isSafeText, { error: 'unsafe_characters' })
    .default(''),
  /** Where the application lives; shown as a link to those who allow it. */
  homeUrl: homeUrl.nullable().default(null),
  /** Consent is never asked for a first-party application (F19). */
  firstParty: z.boolean().default(false),
  /** False only for a confidential client whose software does not know PKCE, such as Rocket.Chat's legacy flow. */
  pkceRequired: z.boolean().default(true),
  grantTypes: z.array(z.enum(OAUTH_GRANT_TYPES)).min(1, { error: 'empty' }),
  scopes: scopes.min(1, { error: 'empty' }),
  redirectUris: z.array(redirectUri).max(REDIRECT_URIS_MAX, { error: 'too_many' }).default([]),
  postLogoutRedirectUris: z.array(redirectUri).max(REDIRECT_URIS_MAX, { error: 'too_many' }).default([]),
};

interface ClientRules {
  readonly kind: 'confidential' | 'public';
  readonly pkceRequired: boolean;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
}

/**
 * What the kind of a client allows: a public one has no secret, so it always proves itself by PKCE and never acts for itself;
 * the code grant needs somewhere to come back to; refreshing needs something to refresh. @returns field and code, or null
 */
export function clientRuleProblem(client: ClientRules): readonly [field: keyof ClientRules, code: string] | null {
  const may = (grant: string): boolean => client.grantTypes.includes(grant);
  if (client.kind === 'public' && !client.pkceRequired) return ['pkceRequired', 'public_needs_pkce'];
  if (client.kind === 'public' && may('client_credentials')) return ['grantTypes', 'public_has_no_secret'];
  if (may('authorization_code') && client.redirectUris.length === 0) return ['redirectUris', 'empty'];
  if (
    may('refresh_token') &&
    client.grantTypes.every((grant) => grant === 'refresh_token' || grant === 'client_credentials')
  )
    return ['grantTypes', 'nothing_to_refresh'];
  return null;
}

/** Body of `POST /oauth/clients`. The kind cannot be changed later. */
export const createOAuthClient = z
  .strictObject({ kind: z.enum(['confidential', 'public']), ...clientFields })
  .superRefine((client, issue) => {
    const problem = clientRuleProblem(client);
    if (problem !== null) issue.addIssue({ code: 'custom', path: [problem[0]], message: problem[1] });
  })
  .meta({ id: 'CreateOAuthClient' });
export type CreateOAuthClient = z.infer<typeof createOAuthClient>;

/** Body of `PUT /oauth/clients/{id}`: everything but the kind and the client id. Rules that need the kind are checked by the server. */
export const putOAuthClient = z.strictObject({ ...clientFields, enabled: z.boolean() }).meta({ id: 'PutOAuthClient' });
export type PutOAuthClient = z.infer<typeof putOAuthClient>;

/** A secret as it can be shown after its creation: its last four characters. */
export const oauthClientSecret = z
  .object({
    id: z.uuid(),
    hint: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OAuthClientSecret' });
export type OAuthClientSecret = z.infer<typeof oauthClientSecret>;

/** An application that signs people in through us, or acts by itself. */
export const oauthClient = z
  .object({
    id: z.uuid(),
    /** The protocol's `client_id`. */
    clientId: z.string(),
    kind: z.enum(['confidential', 'public']),
    name: z.string(),
    description: z.string(),
    homeUrl: z.string().nullable(),
    firstParty: z.boolean(),
    pkceRequired: z.boolean(),
    grantTypes: z.array(z.enum(OAUTH_GRANT_TYPES)),
    scopes,
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    enabled: z.boolean(),
    secrets: z.array(oauthClientSecret),
    /** Grants whose tokens work now: sign-ins of people, and what the application got for itself. */
    liveGrants: z.int(),
    /** Those of them that are people's. */
    liveSignIns: z.int(),
    /** How many different people that are. */
    livePeople: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    /** When it last got a token; exact to some seconds. */
    lastUsedAt: z.iso.datetime().nullable(),
    /** Optimistic lock, also the `ETag`. */
    version: z.int(),
  })
  .meta({ id: 'OAuthClient' });
export type OAuthClient = z.infer<typeof oauthClient>;

export const oauthClientList = z.object({ items: z.array(oauthClient) }).meta({ id: 'OAuthClientList' });

/** Answer to making a client or a secret: the only time that the secret is told. Null for a public client. */
export const oauthClientWithSecret = z
  .object({ client: oauthClient, secret: z.string().nullable() })
  .meta({ id: 'OAuthClientWithSecret' });
export type OAuthClientWithSecret = z.infer<typeof oauthClientWithSecret>;

/** Role names that other applications get for a role of ours, in `roles` of identity and userinfo; everybody has `user` besides. */
export const roleNames = z
  .object({
    items: z.array(z.object({ role: z.string(), title: z.string(), names: z.array(z.string()) })),
    version: z.int(),
  })
  .meta({ id: 'RoleNames' });
export type RoleNames = z.infer<typeof roleNames>;

/** Body of `PUT /oauth/role-names`; roles that are left out give no names. */
export const putRoleNames = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          role: z.string().max(40),
          names: z
            .array(z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, { error: 'bad_role_name' }))
            .max(20, { error: 'too_many' }),
        }),
      )
      .max(200, { error: 'too_many' }),
  })
  .meta({ id: 'PutRoleNames' });
export type PutRoleNames = z.infer<typeof putRoleNames>;

/** An application that somebody signs in to, as they see it in their profile. */
export const ownApplication = z
  .object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    homeUrl: z.string().nullable(),
    firstParty: z.boolean(),
    /** What was allowed; for first-party applications what their live tokens hold. */
    scopes,
    allowedAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'OwnApplication' });
export type OwnApplication = z.infer<typeof ownApplication>;
export const ownApplicationList = z.object({ items: z.array(ownApplication) }).meta({ id: 'OwnApplicationList' });

const clientSummary = z.object({
  name: z.string(),
  description: z.string(),
  homeUrl: z.string().nullable(),
});

/** Query string of the authorize or logout address, as the application sent it, without the question mark. */
const rawRequest = z.string().min(1).max(8000);

/** Query of `GET /oauth/consent`. */
export const consentQuery = z.object({ request: rawRequest });
/** What the consent page shows: who asks, for what, and where one goes afterwards. */
export const consentInfo = z
  .object({ client: clientSummary, scopes, redirectHost: z.string() })
  .meta({ id: 'ConsentInfo' });
export type ConsentInfo = z.infer<typeof consentInfo>;
/** Body of `POST /oauth/consent`. */
export const consentDecision = z
  .strictObject({ request: rawRequest, allow: z.boolean() })
  .meta({ id: 'ConsentDecision' });
/** Where the browser goes next: back to the authorize address, or to the application. */
export const nextLocation = z.object({ location: z.string() }).meta({ id: 'NextLocation' });
export type NextLocation = z.infer<typeof nextLocation>;

/** As people type it: eight letters without vowels and look-alikes; dashes, spaces and case do not matter (RFC 8628 6.1). */
export const userCode = z
  .string()
  .max(40)
  .transform((code) => code.toUpperCase().replace(/[^A-Z]/g, ''))
  .pipe(z.string().regex(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/, { error: 'bad_user_code' }));
/** Query of `GET /oauth/device`. */
export const deviceQuery = z.object({ userCode });
/** What the device page shows before somebody decides. */
export const deviceInfo = z
  .object({ client: clientSummary, scopes, expiresAt: z.iso.datetime() })
  .meta({ id: 'DeviceInfo' });
export type DeviceInfo = z.infer<typeof deviceInfo>;
/** Body of `POST /oauth/device`. */
export const deviceDecision = z.strictObject({ userCode, allow: z.boolean() }).meta({ id: 'DeviceDecision' });

/** Body of `POST /oauth/logout`: the person confirms what an application asked for without proof. */
export const logoutDecision = z.strictObject({ request: z.string().max(8000) }).meta({ id: 'LogoutDecision' });
