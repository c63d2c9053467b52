import { randomBytes } from 'node:crypto';
import { type OAuthClient, putOAuthClient } from '@besedka/contracts';
import { ifMatch } from '../accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../http-client.js';
import { authorizePath, bearer, pkce, postForm, type TestApplication } from './applications.js';

/** A text that must not come back to anybody; random, so that nothing else contains it. */
export const marked = (): string => `evil${randomBytes(8).toString('hex')}`;

/** An authorize address with a fresh challenge. */
export function asking(of: TestApplication, more: Record<string, string | null> = {}): string {
  return authorizePath(of, {
    code_challenge: pkce().challenge,
    code_challenge_method: 'S256',
    scope: 'openid',
    ...more,
  });
}

/** What an error page must be: no redirect, a status of its own, strict policy, nothing that the request said (RFC 6749 4.1.2.1). */
export function expectPage(answer: HttpAnswer<unknown>, fault: string, notReflected: readonly string[] = []): void {
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.text).toContain(fault);
  for (const text of notReflected) expect(answer.text).not.toContain(text);
}

/** Status and error code of a refusal in the protocol's words, for one assertion. */
export const refusedAs = (answer: HttpAnswer<Record<string, unknown>>): [number, unknown] => [
  answer.status,
  answer.json.error,
];

/** `Basic` as the book says: form-encoded, then base64 (RFC 6749 2.3.1). */
export function basic(id: string, secret: string): Record<string, string> {
  const encoded = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` };
}

/** The client's own credentials as form fields. */
export const credentials = (of: TestApplication): Record<string, string> => ({
  client_id: of.clientId,
  ...(of.secret !== null && { client_secret: of.secret }),
});

export function refresh(
  http: HttpClient,
  of: TestApplication,
  token: string | undefined,
  more: Record<string, string> = {},
): ReturnType<typeof postForm<Record<string, unknown> & { access_token: string; refresh_token: string }>> {
  return postForm(http, '/o/token/', {
    grant_type: 'refresh_token',
    refresh_token: token ?? '',
    ...credentials(of),
    ...more,
  });
}

export function introspect(
  http: HttpClient,
  by: TestApplication,
  token: string | undefined,
): Promise<HttpAnswer<Record<string, unknown>>> {
  return postForm(http, '/o/introspect/', { token: token ?? '', ...credentials(by) });
}

/** Whether an access token opens the identity addresses now. */
export async function opens(http: HttpClient, accessToken: string): Promise<boolean> {
  return (await http.get('/o/userinfo/', bearer(accessToken))).status === 200;
}

/** Takes an application out of use, as the owner does. */
export async function disable(owner: HttpClient, of: TestApplication): Promise<void> {
  const path = `/api/v1/oauth/clients/${of.id}`;
  const { version, ...now } = (await owner.get<OAuthClient>(path)).json;
  const answer = await owner.put(path, { ...putOAuthClient.strip().parse(now), enabled: false }, ifMatch(version));
  if (answer.status !== 200) throw new Error(`not disabled: ${answer.text}`);
}

/**
 * Asks again and again until it is refused as too much. @returns what the attempts before that were answered
 * @throws when more go through than a limit of so many a minute allows, counting what is refilled meanwhile
 */
export async function untilLimited(
  perMinute: number,
  attempt: (n: number) => Promise<{ status: number }>,
): Promise<number[]> {
  const began = Date.now();
  const statuses: number[] = [];
  for (;;) {
    const { status } = await attempt(statuses.length);
    if (status === 429) return statuses;
    statuses.push(status);
    const refilled = ((Date.now() - began) / 60_000) * perMinute;
    if (statuses.length > perMinute + refilled + 1) throw new Error(`${statuses.length} attempts were not limited`);
  }
}
