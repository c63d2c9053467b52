import type { Page, UserSummary } from '@besedka/contracts';
import { listDeclaredRoutes } from '../../../src/common/http/routes.js';
import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import {
  bearer,
  exchange,
  postForm,
  register,
  signInTo,
  type TestApplication,
  type Tokens,
} from '../../support/oauth/applications.js';
import { basic, credentials, disable, introspect, opens, refusedAs } from '../../support/oauth/attacks.js';
import { SocketClient } from '../../support/realtime/socket-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let http: HttpClient;
let owner: HttpClient;
let service: TestApplication;
let client: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  owner = await signIn(app, 'owner');
  service = await register(owner, {
    grantTypes: ['client_credentials'],
    scopes: ['directory:read', 'tokens:introspect', 'openid', 'read'],
    redirectUris: [],
  });
  client = await register(owner, { firstParty: true, scopes: ['openid', 'read', 'directory:read'] });
});
afterAll(() => closeTestApp(app));

const ask = (of: TestApplication, more: Record<string, string> = {}) =>
  postForm<Tokens & Record<string, unknown>>(http, '/o/token/', {
    grant_type: 'client_credentials',
    ...credentials(of),
    ...more,
  });
const personToken = async (): Promise<string> => {
  const { code, verifier } = await signInTo(await signIn(app, 'owner'), client, { scope: 'openid read' });
  return (await exchange(http, client, code, verifier)).json.access_token;
};

/** Every route that is not for everybody, asked with this token: those that it opened. */
async function opened(token: string): Promise<string[]> {
  const routes: string[] = [];
  for (const { method, path, access } of listDeclaredRoutes(app.app)) {
    if (access?.kind === 'public') continue;
    const address = path.replace(/:[A-Za-z]+/g, '018f0000-0000-7000-8000-000000000000').replace('*', 'x');
    const answer = await http.request(method, address, bearer(token));
    if (answer.status !== 401) routes.push(`${method} ${path} ${answer.status}`);
  }
  return routes;
}

describe('client credentials', () => {
  it('give a token without a person, without a refresh token, with scopes of a service only', async () => {
    const answer = await ask(service);
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'directory:read tokens:introspect',
    });
    expect((await ask(service, { scope: 'directory:read openid' })).json.scope).toBe('directory:read');
    for (const scope of ['openid', 'read', 'openid read profile', 'nothing'])
      expect(refusedAs(await ask(service, { scope }))).toEqual([400, 'invalid_scope']);
    expect((await introspect(http, service, answer.json.access_token)).json).toMatchObject({
      active: true,
      sub: service.clientId,
      client_id: service.clientId,
    });
  });

  it('are nobody’s identity', async () => {
    const { access_token: token } = (await ask(service)).json;
    for (const path of ['/api/v1/auth/rocket/', '/o/userinfo/'])
      expect(refusedAs(await http.get(path, bearer(token)))).toEqual([403, 'insufficient_scope']);
  });

  it('with directory:read open the directory and nothing else', async () => {
    const { access_token: token } = (await ask(service, { scope: 'directory:read' })).json;
    const { items } = (await http.get<Page<UserSummary>>('/api/v1/directory', bearer(token))).json;
    expect(items.map(({ username }) => username)).toContain('owner');
    expect(JSON.stringify(items)).not.toContain('@');
    expect(await opened(token)).toEqual(['GET /api/v1/directory 200']);
  });

  it('without directory:read open nothing', async () => {
    expect(await opened((await ask(service, { scope: 'tokens:introspect' })).json.access_token)).toEqual([]);
  });

  it('stop when the application is disabled or gives them back', async () => {
    const doomed = await register(owner, {
      grantTypes: ['client_credentials'],
      scopes: ['directory:read'],
      redirectUris: [],
    });
    const [kept, given] = [(await ask(doomed)).json.access_token, (await ask(doomed)).json.access_token];
    const status = async (token: string): Promise<number> =>
      (await http.get('/api/v1/directory', bearer(token))).status;
    await postForm(http, '/o/revoke_token/', { token: given, ...credentials(doomed) });
    expect([await status(kept), await status(given)]).toEqual([200, 401]);
    await disable(owner, doomed);
    expect(await status(kept)).toBe(401);
  });

  it('are proved by Basic, form-encoded or raw, or by the body', async () => {
    const raw = Buffer.from(`${service.clientId}:${service.secret ?? ''}`).toString('base64');
    for (const headers of [basic(service.clientId, service.secret ?? ''), { authorization: `Basic ${raw}` }])
      expect((await postForm(http, '/o/token/', { grant_type: 'client_credentials' }, headers)).status).toBe(200);
  });
});

describe('a token of a person', () => {
  it('tells who they are and opens no route of the API', async () => {
    const token = await personToken();
    expect(await opens(http, token)).toBe(true);
    expect(await opened(token)).toEqual([]);
  });

  it('opens no socket, nor does one of a service', async () => {
    for (const token of [await personToken(), (await ask(service)).json.access_token])
      await expect(SocketClient.open(app.url, { token })).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('is no session cookie, and a session cookie is no token', async () => {
    const { access } = app.config.auth.cookies;
    const browser = app.http();
    browser.setCookie(access, await personToken());
    expect((await browser.get('/api/v1/users/me')).status).toBe(401);
    const session = (await signIn(app, 'test_user')).cookie(access) ?? '';
    expect(await opens(http, session)).toBe(false);
    expect((await introspect(http, service, session)).json).toEqual({ active: false });
  });

  it('is told about with tokens:introspect, without it only to its own application', async () => {
    const token = await personToken();
    const blind = await register(owner, {
      grantTypes: ['client_credentials'],
      scopes: ['directory:read'],
      redirectUris: [],
    });
    expect((await introspect(http, blind, token)).json).toEqual({ active: false });
    expect((await introspect(http, service, token)).json).toMatchObject({
      active: true,
      username: 'owner',
      scope: 'openid read',
    });
    const unproved = await postForm(
      http,
      '/o/introspect/',
      { token },
      bearer((await ask(service)).json.access_token).headers,
    );
    expect(refusedAs(unproved)).toEqual([401, 'invalid_client']);
  });
});
