import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { postForm } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const ENDPOINTS = ['/o/token/', '/o/revoke_token/', '/o/introspect/', '/o/device_authorization/'];

/** Refusals that do not come from the endpoints themselves: their callers know the words of RFC 6749 5.2 and no others. */
describe('the back channel speaks RFC 6749 also where the request did not reach it', () => {
  let app: TestApp;
  let http: HttpClient;
  beforeAll(async () => {
    app = await createTestApp({ env: { RATE_GENERAL_PER_MINUTE: '60' } });
    http = app.http();
  });
  afterAll(() => closeTestApp(app));

  const spoken = ({ status, headers, json }: HttpAnswer<Record<string, unknown>>) => ({
    status,
    type: headers.get('content-type'),
    store: headers.get('cache-control'),
    error: json['error'],
    members: Object.keys(json).sort(),
  });
  const words = (status: number, error: string) => ({
    status,
    type: 'application/json; charset=utf-8',
    store: 'no-store',
    error,
    members: ['error', 'error_description'],
  });

  it.each(ENDPOINTS)('405: another method at %s, with the one that works', async (path) => {
    const answer = await http.request<Record<string, unknown>>('GET', path, { origin: false });
    expect(spoken(answer)).toEqual(words(405, 'invalid_request'));
    expect(answer.headers.get('allow')).toContain('POST');
    expect(spoken(await http.request('DELETE', path.slice(0, -1), { origin: false }))).toEqual(
      words(405, 'invalid_request'),
    );
  });

  it('413: a form that is too large', async () => {
    const answer = await postForm(http, '/o/token/', {
      grant_type: 'client_credentials',
      scope: 'x'.repeat(1_100_000),
    });
    expect(spoken(answer)).toEqual(words(413, 'invalid_request'));
  });

  it('a null byte, which no database stores', async () => {
    const forms: Record<string, string>[] = [
      { grant_type: 'authorization_code', code: 'a\u0000b', client_id: 'x\u0000y', redirect_uri: 'https://a.example/' },
      { grant_type: 'refresh_token', refresh_token: 'a\u0000b', client_id: 'x\u0000y', client_secret: 'z\u0000' },
    ];
    for (const form of forms) {
      const answer = await postForm(http, '/o/token/', form);
      expect([400, 401]).toContain(answer.status);
      expect(spoken(answer)).toMatchObject({
        type: 'application/json; charset=utf-8',
        members: ['error', 'error_description'],
      });
    }
  });

  it('429: too many requests, with the time to wait', async () => {
    let answer = await postForm(http, '/o/token/', { grant_type: 'client_credentials' });
    for (let n = 0; n < 200 && answer.status !== 429; n += 1) {
      answer = await postForm(http, '/o/token/', { grant_type: 'client_credentials' });
    }
    expect(spoken(answer)).toEqual(words(429, 'temporarily_unavailable'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('and nobody else does: other addresses keep their problem documents', async () => {
    const answer = await http.request<Record<string, unknown>>('DELETE', '/api/v1/auth/login', { origin: false });
    expect([answer.headers.get('content-type'), typeof answer.json['code']]).toEqual([
      'application/problem+json; charset=utf-8',
      'string',
    ]);
  });
});
