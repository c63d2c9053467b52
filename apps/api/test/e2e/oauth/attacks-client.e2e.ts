import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import {
  bearer,
  exchange,
  locationOf,
  postForm,
  register,
  signInTo,
  type TestApplication,
  told,
  type Tokens,
} from '../../support/oauth/applications.js';
import {
  asking,
  basic,
  credentials,
  disable,
  introspect,
  opens,
  refresh,
  refusedAs,
  untilLimited,
} from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let http: HttpClient;
let owner: HttpClient;
let person: HttpClient;
let client: TestApplication;
let other: TestApplication;
let native: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  owner = await signIn(app, 'owner');
  person = await signIn(app, 'test_user');
  client = await register(owner, { scopes: ['openid', 'profile', 'directory:read'] });
  other = await register(owner, { name: 'Чужое приложение' });
  native = await register(owner, { kind: 'public', firstParty: true, redirectUris: ['http://127.0.0.1/cb'] });
});
afterAll(() => closeTestApp(app));

const invalidClient = [401, 'invalid_client'];
const tokensOf = async (of: TestApplication, more: Record<string, string | null> = {}): Promise<Tokens> => {
  const { code, verifier } = await signInTo(person, of, more);
  return (await exchange(http, of, code, verifier)).json;
};
const wrong = (of: TestApplication, secret: string | null): TestApplication => ({ ...of, secret });
/** Every endpoint that wants to know which application asks. */
const everywhere = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
  const answers: HttpAnswer<Record<string, unknown>>[] = [];
  for (const path of ['/o/token/', '/o/revoke_token/', '/o/introspect/', '/o/device_authorization/'])
    answers.push(
      await postForm(http, path, { grant_type: 'refresh_token', refresh_token: 'x', token: 'x', ...form }, headers),
    );
  return answers;
};

describe('applications that are somebody else', () => {
  it('client impersonation: a wrong, an empty or no secret, another application’s', async () => {
    for (const secret of [
      'wrong',
      '',
      null,
      other.secret,
      `${client.secret ?? ''} `,
      (client.secret ?? '').toLowerCase(),
    ]) {
      for (const answer of await everywhere(credentials(wrong(client, secret)))) {
        expect(refusedAs(answer)).toEqual(invalidClient);
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Besedka"');
      }
      for (const answer of await everywhere({}, basic(client.clientId, secret ?? '')))
        expect(refusedAs(answer)).toEqual(invalidClient);
    }
  });

  it('client impersonation: a public application with somebody’s secret', async () => {
    for (const answer of await everywhere(credentials(wrong(native, client.secret))))
      expect(refusedAs(answer)).toEqual(invalidClient);
    for (const answer of await everywhere({}, basic(native.clientId, client.secret ?? '')))
      expect(refusedAs(answer)).toEqual(invalidClient);
  });

  it('client impersonation: an unknown or unreadable name', async () => {
    for (const id of [
      'nobody',
      '',
      ' ',
      client.clientId.toUpperCase(),
      `${client.clientId} `,
      'клиент',
      'x'.repeat(5000),
    ])
      for (const answer of await everywhere({ client_id: id, client_secret: client.secret ?? '' }))
        expect(refusedAs(answer)).toEqual(invalidClient);
    for (const authorization of ['Basic', 'Basic !', 'Basic bm9jb2xvbg==', 'Bearer x', 'Digest x', 'Basic e30= e30='])
      for (const answer of await everywhere(credentials(client), { authorization }))
        expect(refusedAs(answer)).toEqual(invalidClient);
  });

  it('client impersonation: a disabled application', async () => {
    const disabled = await register(owner, { firstParty: true });
    const tokens = await tokensOf(disabled);
    await disable(owner, disabled);
    for (const answer of await everywhere(credentials(disabled))) expect(refusedAs(answer)).toEqual(invalidClient);
    expect(await opens(http, tokens.access_token)).toBe(false);
    const page = await person.get(asking(disabled));
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
    expect(page.text).toContain('client_disabled');
  });

  it('client impersonation: credentials in two places', async () => {
    const both = basic(client.clientId, client.secret ?? '');
    for (const form of [credentials(client), { client_secret: client.secret ?? '' }, { client_id: other.clientId }])
      for (const answer of await everywhere(form, both)) expect(refusedAs(answer)).toEqual([400, 'invalid_request']);
    // The same name twice is no second proof.
    expect((await introspectBasic('x', { client_id: client.clientId })).status).toBe(200);
  });

  const introspectBasic = (token: string, more: Record<string, string>) =>
    postForm(http, '/o/introspect/', { token, ...more }, basic(client.clientId, client.secret ?? ''));

  it('client impersonation: somebody who guesses secrets is stopped, for all applications at once', async () => {
    const limited = await createTestApp({ env: { RATE_GENERAL_PER_MINUTE: '10' } });
    try {
      const guess = (secret: string) =>
        postForm(limited.http(), '/o/token/', {
          grant_type: 'client_credentials',
          client_id: 'BesedkaRocketChat2025',
          client_secret: secret,
        });
      const statuses = await untilLimited(10, (n) => guess(`guess${n}`));
      expect([statuses.length >= 10, new Set(statuses)]).toEqual([true, new Set([401])]);
      expect((await guess('SecureSecretKey2025BesedkaRocketChatSSO')).status).toBe(429);
    } finally {
      await limited.close();
    }
  });
});

describe('tokens of another application', () => {
  it('cross-client: refreshing', async () => {
    const tokens = await tokensOf(client);
    for (const thief of [other, native])
      expect(refusedAs(await refresh(http, thief, tokens.refresh_token))).toEqual([400, 'invalid_grant']);
    // The rightful application notices nothing.
    expect((await refresh(http, client, tokens.refresh_token)).status).toBe(200);
  });

  it('cross-client: revoking', async () => {
    const tokens = await tokensOf(client);
    for (const token of [tokens.access_token, tokens.refresh_token ?? '', 'nonsense'])
      expect((await postForm(http, '/o/revoke_token/', { token, ...credentials(other) })).status).toBe(200);
    expect(await opens(http, tokens.access_token)).toBe(true);
    const audited = await sql(app, `SELECT 1 FROM audit_log WHERE key = 'oauth.grant.revoked'`);
    expect(audited).toHaveLength(0);
  });

  it('cross-client: introspecting', async () => {
    const tokens = await tokensOf(client);
    const inspector = await register(owner, {
      grantTypes: ['client_credentials'],
      scopes: ['tokens:introspect'],
      redirectUris: [],
    });
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await introspect(http, other, token)).json).toEqual({ active: false });
    expect((await introspect(http, inspector, tokens.access_token)).json).toMatchObject({
      active: true,
      client_id: client.clientId,
    });
    expect((await introspect(http, inspector, tokens.refresh_token)).json).toEqual({ active: false });
    expect(refusedAs(await introspect(http, native, tokens.access_token))).toEqual(invalidClient);
  });
});

describe('tokens where addresses are kept', () => {
  it('token in the query: identity and userinfo take it from the header alone', async () => {
    const { access_token: token } = await tokensOf(client, { scope: 'openid profile' });
    for (const path of ['/api/v1/auth/rocket/', '/o/userinfo/']) {
      for (const options of [{}, bearer(token)])
        expect(refusedAs(await http.get(`${path}?access_token=${token}`, options))).toEqual([400, 'invalid_request']);
    }
    const posted = await postForm(http, '/o/userinfo/', { access_token: token });
    expect(posted.status).toBe(401);
  });

  it('token in the query: the token endpoints refuse secrets, codes and tokens in the address', async () => {
    const { code, verifier } = await signInTo(person, client);
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUri,
      code_verifier: verifier,
      ...credentials(client),
    };
    for (const [name, value] of Object.entries({
      ...form,
      token: 'x',
      refresh_token: 'x',
      device_code: 'x',
      access_token: 'x',
    })) {
      if (['grant_type', 'redirect_uri', 'client_id'].includes(name)) continue;
      for (const path of ['/o/token/', '/o/revoke_token/', '/o/introspect/']) {
        const answer = await postForm(http, `${path}?${name}=${encodeURIComponent(value)}`, { ...form, token: 'x' });
        expect([name, ...refusedAs(answer)]).toEqual([name, 400, 'invalid_request']);
      }
    }
    // Nothing was looked at, so nothing is burnt.
    expect((await postForm(http, '/o/token/', form)).status).toBe(200);
  });

  it('token in the query: a request for authorization is not answered in fragments or forms', async () => {
    for (const mode of ['fragment', 'form_post', 'web_message', 'jwt'])
      expect(told(await person.get(asking(client, { response_mode: mode })))).toMatchObject({
        error: 'invalid_request',
      });
    for (const type of ['token', 'id_token', 'code token', 'code id_token', 'none'])
      expect(told(await person.get(asking(client, { response_type: type })))).toMatchObject({
        error: 'unsupported_response_type',
      });
  });
});

describe('more than was registered or granted', () => {
  it('scope raising: authorize gives what is registered, to persons what is a person’s', async () => {
    const scopes = async (scope: string): Promise<string> => (await tokensOf(client, { scope })).scope;
    expect(await scopes('openid profile email roles read')).toBe('openid profile');
    expect(await scopes('openid directory:read tokens:introspect admin *')).toBe('openid');
    expect(told(await person.get(asking(client, { scope: 'directory:read email' })))).toMatchObject({
      error: 'invalid_scope',
    });
  });

  it('scope raising: the token endpoint gives no more than was consented to', async () => {
    const { code, verifier } = await signInTo(person, client, { scope: 'openid' });
    const tokens = (await exchange(http, client, code, verifier, { scope: 'openid profile email' })).json;
    expect(tokens.scope).toBe('openid');
    expect((await http.get('/o/userinfo/', bearer(tokens.access_token))).json).toEqual({ sub: expect.any(String) });
  });

  it('scope raising: refreshing gives the same or less, and a refused attempt costs nothing', async () => {
    const tokens = await tokensOf(client, { scope: 'openid' });
    for (const scope of ['openid profile', 'email', 'directory:read', 'openid openid email'])
      expect(refusedAs(await refresh(http, client, tokens.refresh_token, { scope }))).toEqual([400, 'invalid_scope']);
    const both = await tokensOf(client, { scope: 'openid profile' });
    const narrow = (await refresh(http, client, both.refresh_token, { scope: 'openid' })).json;
    expect([narrow.scope, Object.keys((await http.get('/o/userinfo/', bearer(narrow.access_token))).json)]).toEqual([
      'openid',
      ['sub'],
    ]);
    const wide = (await refresh(http, client, narrow.refresh_token)).json;
    expect(wide.scope).toBe('openid profile');
    // The refused ones have not used up the token: it is not taken for a replay later.
    await sql(app, `UPDATE oauth_grants SET rotated_at = now() - interval '1 hour'`);
    expect((await refresh(http, client, tokens.refresh_token)).status).toBe(200);
  });

  it('scope raising: more than was allowed once asks again', async () => {
    const third = await register(owner, { scopes: ['openid', 'profile', 'email'] });
    await signInTo(person, third, { scope: 'openid' });
    expect(told(await person.get(asking(third, { scope: 'openid' }))).code).toBeDefined();
    expect(locationOf(await person.get(asking(third, { scope: 'openid email' }))).pathname).toBe('/oauth/consent');
  });

  it('grant types: only those that are registered, and never password or implicit', async () => {
    const ask = (of: TestApplication, form: Record<string, string>) =>
      postForm(http, '/o/token/', { ...form, ...credentials(of) });
    expect(refusedAs(await ask(client, { grant_type: 'client_credentials' }))).toEqual([400, 'unauthorized_client']);
    for (const grant of [
      'password',
      'implicit',
      'constructor',
      '__proto__',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'x y',
    ]) {
      const answer = await ask(client, { grant_type: grant, username: 'owner', password: 'owner123secure' });
      expect([grant, ...refusedAs(answer)]).toEqual([grant, 400, 'unsupported_grant_type']);
    }
    expect(
      refusedAs(await ask(client, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' })),
    ).toEqual([400, 'unauthorized_client']);
    expect(refusedAs(await postForm(http, '/o/device_authorization/', credentials(client)))).toEqual([
      400,
      'unauthorized_client',
    ]);
  });
});
