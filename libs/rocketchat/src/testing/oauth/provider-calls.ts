import type { Core } from '../core.js';
import type { OAuthService } from '../state/model.js';

export interface Tokens {
  accessToken: string;
  idToken?: string;
  expiresIn?: number;
  refreshToken?: string;
}

/** How long the server waits for a provider, in ms. */
const PATIENCE = 10_000;

/** Paths may be whole addresses. */
export function absolute(service: OAuthService, path: string): string {
  return /^https?:\/\//.test(path) ? path : service.serverURL + path;
}

/** The secret as it is sent: a wrong one is among the faults. */
function secretOf(core: Core, service: OAuthService): string {
  return core.faults.hit('wrong-client-secret') ? 'not-the-secret' : service.secret;
}

/**
 * The token call of the legacy flow.
 *
 * @throws Error "Failed to complete OAuth handshake with …"
 */
export async function legacyToken(core: Core, service: OAuthService, code: string, state: string): Promise<Tokens> {
  const url = absolute(service, service.tokenPath);
  const body = new URLSearchParams({
    code,
    redirect_uri: `${core.rootUrl}/_oauth/${service.service}${service.loginStyle === '' ? '?close' : ''}`,
    grant_type: 'authorization_code',
    state,
  });
  const headers: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'Meteor/3.1.2' };
  const secret = secretOf(core, service);
  if (service.tokenSentVia === 'header') {
    headers['Authorization'] = `Basic ${Buffer.from(`${service.clientId}:${secret}`).toString('base64')}`;
  } else {
    body.set('client_id', service.clientId);
    body.set('client_secret', secret);
  }
  try {
    const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return tokens((await response.json()) as Record<string, unknown>);
  } catch (error) {
    throw new Error(`Failed to complete OAuth handshake with ${service.service} at ${url}. ${textOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * The token call of the modern flow: everything in the body, whatever `token_sent_via` says; no Accept header.
 *
 * @throws Error
 */
export async function modernToken(core: Core, service: OAuthService, code: string, verifier: string): Promise<Tokens> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    redirect_uri: `${core.rootUrl}/_oauth/${service.service}`,
    code_verifier: verifier,
    client_id: service.clientId,
    client_secret: secretOf(core, service),
    code,
  });
  // The library glues server and path together, so a whole address as path does not work here.
  const response = await fetch(service.serverURL + service.tokenPath, {
    method: 'POST',
    body,
    headers: { 'User-Agent': 'Node-oauth', Accept: '' },
    signal: AbortSignal.timeout(PATIENCE),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Failed to obtain access token: ${response.status} ${text}`);
  try {
    return tokens(JSON.parse(text) as Record<string, unknown>);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return tokens(Object.fromEntries(new URLSearchParams(text)));
  }
}

/**
 * The identity, as JSON.
 *
 * @param exactly200 the modern flow takes no other success
 * @throws Error "Failed to fetch identity from …"
 */
export async function fetchIdentity(service: OAuthService, accessToken: string, exactly200: boolean): Promise<unknown> {
  const url = new URL(absolute(service, service.identityPath));
  const via = service.identityTokenSentVia === 'default' ? service.tokenSentVia : service.identityTokenSentVia;
  const headers: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'Meteor/3.1.2' };
  if (via === 'header') headers['Authorization'] = `Bearer ${accessToken}`;
  else url.searchParams.set(service.accessTokenParam || 'access_token', accessToken);
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (exactly200 ? response.status !== 200 : !response.ok)
      throw new Error(`${response.status} ${response.statusText}`);
    return await response.json();
  } catch (error) {
    const place = absolute(service, service.identityPath);
    throw new Error(`Failed to fetch identity from ${service.service} at ${place}. ${textOf(error)}`, { cause: error });
  }
}

function tokens(answer: Record<string, unknown>): Tokens {
  if (answer['error']) throw new Error(String(answer['error']));
  const text = (name: string) => (typeof answer[name] === 'string' ? answer[name] : undefined);
  const accessToken = text('access_token');
  if (!accessToken) throw new Error('The answer has no access_token');
  const [idToken, refreshToken] = [text('id_token'), text('refresh_token')];
  const expiresIn = parseInt(String(answer['expires_in']), 10);
  return {
    accessToken,
    ...(idToken ? { idToken } : {}),
    ...(refreshToken ? { refreshToken } : {}),
    ...(Number.isNaN(expiresIn) ? {} : { expiresIn }),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
