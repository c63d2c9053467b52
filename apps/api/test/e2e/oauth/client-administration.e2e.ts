import type { OAuthClient, OAuthClientWithSecret, PutOAuthClient } from '@besedka/contracts';
import { ifMatch, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { bearer, exchange, postForm, register, signInTo, type Tokens } from '../../support/oauth/applications.js';
import { credentials } from '../../support/oauth/attacks.js';
import { statementsOf } from '../../support/statements.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const CLIENTS = '/api/v1/oauth/clients';
const NOBODY = '018f0000-0000-7000-8000-000000000000';
const WIKI = {
  kind: 'confidential',
  name: 'Вики',
  description: 'Заметки общины',
  homeUrl: 'https://wiki.example.org/',
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'profile'],
  redirectUris: ['https://wiki.example.org/callback?from=besedka'],
};

/** The editable part, as the form sends it back. */
function editable(client: OAuthClient): PutOAuthClient {
  const { name, description, homeUrl, firstParty, pkceRequired, grantTypes, scopes, redirectUris, enabled } = client;
  const { postLogoutRedirectUris } = client;
  return {
    name,
    description,
    homeUrl,
    firstParty,
    pkceRequired,
    grantTypes,
    scopes,
    redirectUris,
    postLogoutRedirectUris,
    enabled,
  };
}

describe('administration of applications', () => {
  let app: TestApp;
  let owner: HttpClient;
  beforeAll(async () => {
    app = await createTestApp();
    owner = await signIn(app, 'owner');
  });
  afterAll(() => closeTestApp(app));

  const create = async (change: object = {}): Promise<OAuthClientWithSecret> => {
    const answer = await owner.post<OAuthClientWithSecret>(CLIENTS, { ...WIKI, ...change });
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    return answer.json;
  };
  const get = async (id: string): Promise<OAuthClient> => (await owner.get<OAuthClient>(`${CLIENTS}/${id}`)).json;

  it('an application is registered, listed, changed and deleted, each step in the audit log', async () => {
    const answer = await owner.post<OAuthClientWithSecret>(CLIENTS, WIKI);
    const { client, secret } = answer.json;
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('cache-control')]).toEqual([
      201,
      '"1"',
      'no-store',
    ]);
    expect(client).toEqual({
      ...WIKI,
      id: client.id,
      clientId: expect.stringMatching(/^[a-z2-7]{24}$/) as string,
      firstParty: false,
      pkceRequired: true,
      postLogoutRedirectUris: [],
      enabled: true,
      secrets: [
        { id: expect.any(String) as string, hint: secret?.slice(-4), createdAt: client.createdAt, lastUsedAt: null },
      ],
      liveGrants: 0,
      liveSignIns: 0,
      livePeople: 0,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: client.createdAt,
      lastUsedAt: null,
      version: 1,
    });
    const list = await owner.get<{ items: OAuthClient[] }>(CLIENTS);
    expect(list.json.items.map(({ name }) => name)).toEqual(['Rocket.Chat', 'Вики']);
    expect(list.json.items[1]).toEqual(client);

    const changed = await owner.put<OAuthClient>(
      `${CLIENTS}/${client.id}`,
      { ...editable(client), name: 'Вики общины', scopes: ['openid', 'email', 'openid'] },
      ifMatch(1),
    );
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    expect(changed.json).toMatchObject({ name: 'Вики общины', scopes: ['openid', 'email'], version: 2 });
    const same = await owner.put<OAuthClient>(`${CLIENTS}/${client.id}`, editable(changed.json), ifMatch(2));
    expect(same.json.version).toBe(2);

    expect((await owner.delete(`${CLIENTS}/${client.id}`, ifMatch(2))).status).toBe(204);
    expect(refusal(await owner.get(`${CLIENTS}/${client.id}`))).toEqual([404, 'not_found']);
    const log = await owner.get<{ items: object[] }>(`/api/v1/audit?subjectId=${client.id}`);
    const facts = { clientId: client.clientId };
    expect(log.json.items).toMatchObject([
      { key: 'oauth.client.deleted', facts, actorName: 'owner' },
      { key: 'oauth.client.changed', facts: { ...facts, fields: ['name', 'scopes'] } },
      { key: 'oauth.client.created', facts },
    ]);
  });

  it('two who edit the same application see both versions; nothing is written without saying which', async () => {
    const { client } = await create();
    const path = `${CLIENTS}/${client.id}`;
    expect(refusal(await owner.put(path, editable(client)))).toEqual([428, 'precondition_required']);
    await owner.put(path, { ...editable(client), name: 'Первый' }, ifMatch(1));
    const late = await owner.put(path, { ...editable(client), name: 'Второй' }, ifMatch(1));
    expect([late.status, late.json]).toMatchObject([412, { code: 'version_conflict', current: { name: 'Первый' } }]);
    const gone = await owner.delete(path, ifMatch(1));
    expect([gone.status, gone.json]).toMatchObject([412, { current: { version: 2 } }]);
    expect(refusal(await owner.delete(path))).toEqual([428, 'precondition_required']);
    expect(refusal(await owner.put(`${CLIENTS}/${NOBODY}`, editable(client), ifMatch(1)))).toEqual([404, 'not_found']);
  });

  it.each([
    ['https://app.example.org/cb', null],
    ['https://app.example.org:8443/cb?next=1', null],
    ['http://127.0.0.1:3000/_oauth/besedka', null],
    ['http://[::1]/cb', null],
    ['http://localhost/cb', null],
    ['org.example.app:/oauth', null],
    ['http://app.example.org/cb', 'uri_not_https'],
    ['http://127.0.0.1.example.org/cb', 'uri_not_https'],
    ['https://app.example.org/cb#part', 'uri_fragment'],
    ['https://app.example.org/cb#', 'uri_fragment'],
    ['https://good.example.org@evil.example.org/cb', 'uri_user_info'],
    ['https://@evil.example.org/cb', 'uri_user_info'],
    ['https://app.example.org/a@b', null],
    ['https:app.example.org/cb', 'bad_uri'],
    ['https:///app.example.org/cb', 'bad_uri'],
    ['https://app.example.org/\u202Ecb', 'bad_uri'],
    ['https://app.example.org/\u0007', 'bad_uri'],
    ['https://*.example.org/cb', 'bad_uri'],
    ['https://app.example.org\\@evil.example.org/', 'bad_uri'],
    ['https://app.example.org/c b', 'bad_uri'],
    ['https://app.example.org/\ncb', 'bad_uri'],
    ['/cb', 'bad_uri'],
    ['https://app.example.org/%zz', 'bad_uri'],
    ['https://пример.рф/вход', 'uri_not_ascii'],
    ['https://app.example.org/cb?x=€', 'uri_not_ascii'],
    ['', 'bad_uri'],
    ['javascript:alert(1)', 'uri_scheme'],
    ['data:text/html,x', 'uri_scheme'],
    ['app:/cb', 'uri_scheme'],
    [`https://app.example.org/${'a'.repeat(500)}`, 'too_long'],
  ])('redirect URI %j: %s', async (uri, code) => {
    const answer = await owner.post<{ errors?: unknown }>(CLIENTS, { ...WIKI, redirectUris: [uri] });
    if (code === null) expect(answer.status).toBe(201);
    else {
      expect(refusal(answer)).toEqual([400, 'validation_failed']);
      expect(answer.json.errors).toEqual([{ path: 'redirectUris.0', code, message: code }]);
      const logout = await owner.post<{ errors?: unknown }>(CLIENTS, { ...WIKI, postLogoutRedirectUris: [uri] });
      expect(logout.json.errors).toMatchObject([{ path: 'postLogoutRedirectUris.0', code }]);
    }
  });

  it.each([
    ['a public one without PKCE', { kind: 'public', pkceRequired: false }, 'pkceRequired', 'public_needs_pkce'],
    [
      'a public one that acts for itself',
      { kind: 'public', grantTypes: ['authorization_code', 'client_credentials'] },
      'grantTypes',
      'public_has_no_secret',
    ],
    ['codes that can go nowhere', { redirectUris: [] }, 'redirectUris', 'empty'],
    [
      'refreshing of nothing',
      { grantTypes: ['refresh_token', 'client_credentials'] },
      'grantTypes',
      'nothing_to_refresh',
    ],
    ['no grant', { grantTypes: [] }, 'grantTypes', 'empty'],
    ['the implicit grant', { grantTypes: ['implicit'] }, 'grantTypes.0', 'invalid_value'],
    ['no scope', { scopes: [] }, 'scopes', 'empty'],
    ['a scope of its own', { scopes: ['admin'] }, 'scopes.0', 'invalid_value'],
    ['a home that is a script', { homeUrl: 'javascript:alert(1)' }, 'homeUrl', 'bad_uri'],
    ['a home with a control character', { homeUrl: 'https://a.example.org/\u0007' }, 'homeUrl', 'bad_uri'],
    ['a description that reads backwards', { description: 'a\u202Eb' }, 'description', 'unsafe_characters'],
    ['a description with a control character', { description: 'a\u0007b' }, 'description', 'unsafe_characters'],
    ['a name that cannot be seen', { name: '\u200b' }, 'name', 'empty'],
    ['a chosen client id', { clientId: 'mine' }, '', 'unrecognized_keys'],
  ])('refused: %s', async (_what, change, path, code) => {
    const answer = await owner.post<{ errors?: unknown }>(CLIENTS, { ...WIKI, ...change });
    expect(refusal(answer)).toEqual([400, 'validation_failed']);
    expect(answer.json.errors).toMatchObject([{ path, code }]);
  });

  it('a change is held against the kind that is stored', async () => {
    const { client, secret } = await create({ kind: 'public' });
    expect([secret, client.secrets]).toEqual([null, []]);
    const put = (change: object) =>
      owner.put<{ errors?: unknown }>(`${CLIENTS}/${client.id}`, { ...editable(client), ...change }, ifMatch(1));
    const noPkce = await put({ pkceRequired: false });
    expect(noPkce.json.errors).toMatchObject([{ path: 'pkceRequired', code: 'public_needs_pkce' }]);
    const machine = await put({ grantTypes: ['client_credentials'] });
    expect(machine.json.errors).toMatchObject([{ path: 'grantTypes', code: 'public_has_no_secret' }]);
    const kind = await put({ kind: 'confidential' });
    expect(kind.json.errors).toMatchObject([{ code: 'unrecognized_keys' }]);
    expect((await get(client.id)).version).toBe(1);
  });

  it('the list is one statement, however many applications, secrets and grants there are', async () => {
    const [few, one] = [await statementsOf(app, () => owner.get(CLIENTS)), await create()];
    await owner.post(`${CLIENTS}/${one.client.id}/secrets`);
    const many = await statementsOf(app, () => owner.get(CLIENTS));
    // The other one asks who is signed in.
    expect([few.length, many.length]).toEqual([2, 2]);
  });

  it('ids may be written in upper case', async () => {
    const { client } = await create();
    const path = `${CLIENTS}/${client.id.toUpperCase()}`;
    expect((await owner.put(path, editable(client), ifMatch(1))).status).toBe(200);
    const { json } = await owner.post<OAuthClientWithSecret>(`${path}/secrets`);
    expect(json.client.secrets).toHaveLength(2);
    expect((await owner.delete(`${path}/secrets/${json.client.secrets[0]?.id.toUpperCase() ?? ''}`)).status).toBe(204);
    expect((await get(client.id)).secrets).toEqual(json.client.secrets.slice(1));
    expect(refusal(await owner.get(`${CLIENTS}/rocket`))).toEqual([400, 'validation_failed']);
  });

  it('only those who may: not a moderator, nobody below, no stranger', async () => {
    const { client } = await create();
    const one = `${CLIENTS}/${client.id}`;
    const calls: [string, string][] = [
      ['GET', CLIENTS],
      ['POST', CLIENTS],
      ['GET', one],
      ['PUT', one],
      ['DELETE', one],
      ['POST', `${one}/secrets`],
      ['DELETE', `${one}/secrets/${client.secrets[0]?.id ?? ''}`],
      ['DELETE', `${one}/grants`],
      ['GET', '/api/v1/oauth/role-names'],
      ['PUT', '/api/v1/oauth/role-names'],
    ];
    for (const login of ['admin', 'store_owner', 'test_user']) {
      const http = await signIn(app, login);
      for (const [method, path] of calls) {
        const answer = await http.request(method, path, method === 'GET' ? {} : { json: WIKI, ...ifMatch(1) });
        expect([login, method, path, ...refusal(answer)]).toEqual([login, method, path, 403, 'forbidden']);
      }
    }
    for (const [method, path] of calls) {
      expect((await app.http().request(method, path)).status).toBe(401);
    }
    expect(await get(client.id)).toEqual(client);
  });

  it('disabling stops the tokens in use at once, enabling lets them work again, deleting ends them', async () => {
    const wiki = await register(owner, { name: 'Доска' });
    const person = await signIn(app, 'test_user');
    const { code, verifier } = await signInTo(person, wiki, { scope: 'openid profile' });
    const { json: tokens } = await exchange(app.http(), wiki, code, verifier);
    const userinfo = async (): Promise<number> =>
      (await app.http().get('/o/userinfo', bearer(tokens.access_token))).status;
    const refresh = () =>
      postForm(app.http(), '/o/token/', {
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token ?? '',
        client_id: wiki.clientId,
        client_secret: wiki.secret ?? '',
      });
    const enable = async (enabled: boolean): Promise<void> => {
      const client = await get(wiki.id);
      const answer = await owner.put(
        `${CLIENTS}/${wiki.id}`,
        { ...editable(client), enabled },
        ifMatch(client.version),
      );
      expect(answer.status).toBe(200);
    };
    expect([await userinfo(), (await get(wiki.id)).liveGrants]).toEqual([200, 1]);
    await enable(false);
    expect(await userinfo()).toBe(401);
    expect((await refresh()).json).toMatchObject({ error: 'invalid_client' });
    expect((await person.get(`/o/authorize/?client_id=${wiki.clientId}`)).status).toBe(400);
    await enable(true);
    expect(await userinfo()).toBe(200);

    const client = await get(wiki.id);
    expect((await owner.delete(`${CLIENTS}/${wiki.id}`, ifMatch(client.version))).status).toBe(204);
    expect(await userinfo()).toBe(401);
    const left = await sql(
      app,
      `SELECT 1 FROM oauth_grants WHERE client_id = $1 UNION ALL SELECT 1 FROM oauth_consents WHERE client_id = $1
       UNION ALL SELECT 1 FROM oauth_client_secrets WHERE client_id = $1`,
      [wiki.id],
    );
    expect(left).toEqual([]);
  });

  it('all tokens in use are ended together, those of others stay', async () => {
    const [one, other] = [await register(owner, { name: 'Один' }), await register(owner, { name: 'Другой' })];
    const tokens: [string, Tokens][] = [];
    for (const login of ['test_user', 'store_admin']) {
      const person = await signIn(app, login);
      for (const application of [one, other]) {
        const { code, verifier } = await signInTo(person, application, { scope: 'openid' });
        tokens.push([application.id, (await exchange(app.http(), application, code, verifier)).json]);
      }
    }
    const person = await signIn(app, 'test_user');
    const unused = await signInTo(person, one, { scope: 'openid' });
    expect((await get(one.id)).liveGrants).toBe(2);
    expect((await owner.delete(`${CLIENTS}/${one.id}/grants`)).status).toBe(204);
    for (const [id, { access_token: token }] of tokens) {
      const { status } = await app.http().get('/o/userinfo', bearer(token));
      expect([id, status]).toEqual([id, id === one.id ? 401 : 200]);
    }
    expect((await exchange(app.http(), one, unused.code, unused.verifier)).json.error).toBe('invalid_grant');
    expect([(await get(one.id)).liveGrants, (await get(other.id)).liveGrants]).toEqual([0, 2]);
    const log = await owner.get<{ items: object[] }>(`/api/v1/audit?subjectId=${one.id}&limit=1`);
    expect(log.json.items).toMatchObject([{ key: 'oauth.client.tokens-revoked', facts: { grants: 2 } }]);
    expect(refusal(await owner.delete(`${CLIENTS}/${NOBODY}/grants`))).toEqual([404, 'not_found']);
  });

  it('counts people apart from their sign-ins, and what an application got for itself apart from both', async () => {
    const application = await register(owner, {
      name: 'Табло',
      firstParty: true,
      grantTypes: ['authorization_code', 'client_credentials'],
      scopes: ['openid', 'directory:read'],
    });
    for (const login of ['test_user', 'test_user', 'store_admin']) {
      const { code, verifier } = await signInTo(await signIn(app, login), application, { scope: 'openid' });
      await exchange(app.http(), application, code, verifier);
    }
    const own = { grant_type: 'client_credentials', scope: 'directory:read', ...credentials(application) };
    await postForm(app.http(), '/o/token/', own);
    expect(await get(application.id)).toMatchObject({ livePeople: 2, liveSignIns: 3, liveGrants: 4 });
  });

  it('tokens of people who may not sign in any more are not counted as in use', async () => {
    const application = await register(owner, { name: 'Счёт' });
    const person = await signIn(app, 'store_admin');
    const { code, verifier } = await signInTo(person, application, { scope: 'openid' });
    await exchange(app.http(), application, code, verifier);
    expect((await get(application.id)).liveGrants).toBe(1);
    await person.post('/api/v1/auth/logout');
    expect((await get(application.id)).liveGrants).toBe(0);
  });
});
