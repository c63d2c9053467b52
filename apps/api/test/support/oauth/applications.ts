import { createHash, randomBytes } from 'node:crypto';
import type { CreateOAuthClient, OAuthClientWithSecret } from '@besedka/contracts';
import type { HttpAnswer, HttpClient } from '../http-client.js';

export const REDIRECT_URI = 'https://app.example.org/callback';

/** An application as a test drives it: registered through the API, its requests made by hand. */
export interface TestApplication {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string | null;
  readonly redirectUri: string;
}

/** Registers an application as the owner does. */
export async function register(owner: HttpClient, wanted: Partial<CreateOAuthClient> = {}): Promise<TestApplication> {
  const answer = await owner.post<OAuthClientWithSecret>('/api/v1/oauth/clients', {
    kind: 'confidential',
    name: 'Пробное приложение',
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'email', 'roles'],
    redirectUris: [REDIRECT_URI],
    ...wanted,
  });
  if (answer.status !== 201) throw new Error(`not registered: ${answer.text}`);
  const { client, secret } = answer.json;
  return { id: client.id, clientId: client.clientId, secret, redirectUri: client.redirectUris[0] ?? '' };
}

/** Verifier and S256 challenge (RFC 7636). */
export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The authorize address of a plain request; `null` leaves a parameter out. */
export function authorizePath(of: TestApplication, more: Record<string, string | null> = {}): string {
  const parameters = { response_type: 'code', client_id: of.clientId, redirect_uri: of.redirectUri, ...more };
  const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== null);
  return `/o/authorize/?${new URLSearchParams(given).toString()}`;
}

/** Sends a form, as an application's server does: no cookies, no Origin. */
export function postForm<T = Record<string, unknown>>(
  http: HttpClient,
  path: string,
  form: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<HttpAnswer<T>> {
  return http.request<T>('POST', path, {
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    origin: false,
  });
}

/** Where an answer leads. */
export function locationOf(answer: HttpAnswer<unknown>): URL {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`no redirect but ${answer.status}: ${answer.text.slice(0, 300)}`);
  return new URL(location, 'http://relative.invalid');
}

/** What the redirect URI was told. */
export const told = (answer: HttpAnswer<unknown>): Record<string, string> =>
  Object.fromEntries(locationOf(answer).searchParams);

export interface Tokens {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  expires_in: number;
  scope: string;
  token_type: string;
}

/** Allows a third-party application what it asks for, as the consent page does. */
export async function consent(
  person: HttpClient,
  path: string,
  allow = true,
): Promise<HttpAnswer<{ location: string }>> {
  const request = path.slice(path.indexOf('?') + 1);
  return person.post<{ location: string }>('/api/v1/oauth/consent', { request, allow });
}

/** The whole way of the code grant for somebody who is signed in; consents when asked. */
export async function signInTo(
  person: HttpClient,
  of: TestApplication,
  more: Record<string, string | null> = {},
): Promise<{ code: string; verifier: string; told: Record<string, string> }> {
  const { verifier, challenge } = pkce();
  const path = authorizePath(of, { code_challenge: challenge, code_challenge_method: 'S256', ...more });
  let answer = await person.get(path);
  if (locationOf(answer).pathname === '/oauth/consent') {
    const decided = await consent(person, path);
    answer = await person.get(decided.json.location);
  }
  const params = told(answer);
  if (params.code === undefined) throw new Error(`no code: ${answer.headers.get('location')}`);
  return { code: params.code, verifier, told: params };
}

/** Exchanges a code by the body. */
export function exchange(
  http: HttpClient,
  of: TestApplication,
  code: string,
  verifier: string | null,
  more: Record<string, string> = {},
): Promise<HttpAnswer<Tokens & Record<string, unknown>>> {
  return postForm(http, '/o/token/', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: of.redirectUri,
    client_id: of.clientId,
    ...(of.secret !== null && { client_secret: of.secret }),
    ...(verifier !== null && { code_verifier: verifier }),
    ...more,
  });
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
