import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import {
  authorizePath,
  exchange,
  postForm,
  register,
  signInTo,
  type TestApplication,
  told,
} from '../../support/oauth/applications.js';
import {
  asking,
  basic,
  credentials,
  expectPage,
  introspect,
  opens,
  refresh,
  refusedAs,
} from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const BACK_CHANNEL = ['/o/token/', '/o/revoke_token/', '/o/introspect/', '/o/device_authorization/'];
const AUTHORIZE = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'login_hint',
  'code_challenge',
  'code_challenge_method',
  'response_mode',
  'ui_locales',
  'id_token_hint',
  'besedka_resume',
  'unknown',
];
const TOKEN = [
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'client_id',
  'client_secret',
  'device_code',
  'token',
  'token_type_hint',
  'unknown',
];

let app: TestApp;
let http: HttpClient;
let person: HttpClient;
let client: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  person = await signIn(app, 'test_user');
  client = await register(await signIn(app, 'owner'), { firstParty: true, pkceRequired: false });
});
afterAll(() => closeTestApp(app));

const form = (): Record<string, string> => ({
  grant_type: 'authorization_code',
  code: 'x',
  token: 'x',
  redirect_uri: client.redirectUri,
  ...credentials(client),
});

/** Refused or answered, never failed; and what was sent is not in the answer, nor a code in a place that was not registered. */
function expectHandled(answer: HttpAnswer<unknown>, what: string): void {
  const { status } = answer;
  expect([what, status < 500 ? 'handled' : status]).toEqual([what, 'handled']);
  const location = answer.headers.get('location');
  if (location !== null)
    expect(location).toMatch(/^(?:https:\/\/app\.example\.org\/callback\?|\/login\?next=|\/oauth\/consent\?)/);
}

/** Puts each of the texts into each of the parameters, one at a time, everywhere. */
async function everyParameter(text: string, path = text): Promise<void> {
  for (const name of AUTHORIZE) {
    const answer = await person.get(asking(client, { [name]: path }));
    expectHandled(answer, `authorize ${name}`);
    if (answer.status !== 302) expect(answer.text).not.toContain(path);
  }
  for (const address of BACK_CHANNEL) {
    for (const name of TOKEN) {
      const answer = await postForm(http, address, { ...form(), [name]: text });
      expectHandled(answer, `${address} ${name}`);
      expect(answer.text).not.toContain(text);
      expect(answer.headers.get('content-type') ?? 'nothing').toMatch(/^(?:application\/(?:problem\+)?json|nothing)/);
    }
  }
}

describe('parameters that no honest client sends', () => {
  it('input: 100 kB in any parameter', async () => {
    const long = 'x'.repeat(100_000);
    // What the server reads of an address ends at 16 kB; what we read of one at 8 kB.
    await everyParameter(long, 'x'.repeat(7_900));
    for (const name of AUTHORIZE) {
      const answer = await person.get(asking(client, { [name]: long }));
      expect([400, 414, 431]).toContain(answer.status);
    }
    for (const address of BACK_CHANNEL) {
      const answer = await postForm(http, address, form(), basic(client.clientId, 'x'.repeat(100_000)));
      expect([400, 431]).toContain(answer.status);
    }
    const posted = await postForm(http, '/o/authorize/', { state: long, client_id: client.clientId });
    expect([posted.status, posted.headers.get('location')]).toEqual([400, null]);
  });

  it('input: a body of megabytes, and a hundred thousand parameters', async () => {
    for (const address of BACK_CHANNEL) {
      const big = await postForm(http, address, { ...form(), unknown: 'x'.repeat(3_000_000) }).catch(() => null);
      if (big !== null) expect([400, 413]).toContain(big.status);
      const many = Array.from({ length: 100_000 }, (_, n) => `p${n}=`).join('&');
      expectHandled(await postForm(http, address, `${new URLSearchParams(form()).toString()}&${many}`), address);
    }
  });

  it('input: a parameter twice', async () => {
    for (const name of AUTHORIZE.filter((one) => one !== 'besedka_resume')) {
      const path = asking(client, { [name]: 'a' });
      expectPage(await person.get(`${path}&${name}=b`), 'duplicate_parameter');
      expectPage(
        await person.get(`${path}&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=b`),
        'duplicate_parameter',
      );
    }
    for (const address of BACK_CHANNEL) {
      for (const name of TOKEN) {
        const twice = `${new URLSearchParams({ ...form(), [name]: 'a' }).toString()}&${name}=b`;
        expect([name, ...refusedAs(await postForm(http, address, twice))]).toEqual([name, 400, 'invalid_request']);
      }
    }
  });

  it('input: another content type than a form', async () => {
    for (const address of BACK_CHANNEL) {
      for (const type of [
        'application/json',
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded-x',
        '',
      ]) {
        const answer = await http.request('POST', address, {
          body: type === 'application/json' ? JSON.stringify(form()) : new URLSearchParams(form()).toString(),
          headers: { 'content-type': type },
          origin: false,
        });
        expect([type, [400, 415].includes(answer.status)]).toEqual([type, true]);
        expect(answer.text).not.toContain('access_token');
      }
    }
    const json = await http.request('POST', '/o/token/', { json: form(), origin: false });
    expect(refusedAs(json)).toEqual([400, 'invalid_request']);
  });

  it('input: authorize by POST takes forms only, and no more than an address holds', async () => {
    const query = asking(client).slice('/o/authorize/?'.length);
    // From the page of another site, whose browser may send our cookies along.
    const posted = await postForm(person, '/o/authorize/', query, { origin: 'https://app.example.org' });
    expect([posted.status, posted.headers.get('location')?.startsWith('/o/authorize/?')]).toEqual([303, true]);
    expect(told(await person.get(posted.headers.get('location') ?? '')).code).toBeDefined();
    for (const body of ['{"client_id":"\\ud800"}', '{"client_id":{"a":1}}', '["a"]', 'null', '{']) {
      const answer = await http.request('POST', '/o/authorize/', {
        body,
        headers: { 'content-type': 'application/json' },
        origin: false,
      });
      expect([body, answer.status, answer.headers.get('location')]).toEqual([body, 400, null]);
    }
  });

  it('input: GET, PUT and DELETE where a form is posted', async () => {
    for (const address of BACK_CHANNEL) {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await http.request(
          method,
          `${address}?${new URLSearchParams({ grant_type: 'client_credentials' }).toString()}`,
          { origin: false },
        );
        expect([method, [404, 405].includes(answer.status)]).toEqual([method, true]);
      }
    }
  });

  it('input: null bytes', () => everyParameter('a\u0000b'));
  it('input: control characters', () => everyParameter('a\u0001\u0007\u001b[31m\u007fb'));
  it('input: line breaks', () => everyParameter('a\r\nset-cookie: evil=1\r\n\r\nb'));
  it('input: direction marks and characters without width', () => everyParameter('\u202e\u2066\u200b\ufeffмоt'));
  it('input: SQL', () => everyParameter(`x' OR 1=1; DROP TABLE oauth_grants; --`));
  it('input: markup', () => everyParameter(`"'><img src=x onerror=alert(1)>{{7*7}}\${7*7}`));
  it('input: names of what objects have', async () => {
    for (const text of ['__proto__', 'constructor', 'toString']) await everyParameter(text);
    const answer = await postForm(
      http,
      '/o/token/',
      `${new URLSearchParams(form()).toString()}&__proto__=x&constructor=y`,
    );
    expect(answer.status).toBe(400);
  });
  it('input: broken escapes and broken UTF-8', async () => {
    for (const text of ['%', '%zz', '%c3%28', '%ed%a0%80', '%ff']) {
      for (const name of AUTHORIZE) {
        const answer = await person.get(`${authorizePath(client, { [name]: null })}&${name}=${text}`);
        expect([name, text, answer.status, answer.headers.get('location')]).toEqual([name, text, 400, null]);
      }
      for (const address of BACK_CHANNEL) {
        expectHandled(await postForm(http, address, `${new URLSearchParams(form()).toString()}&x=${text}`), address);
      }
    }
  });
});

describe('what is written down', () => {
  it('logs and audit: no secret, code, token or state of a whole run', async () => {
    const state = 'state-of-a-whole-run';
    const given = await signInTo(person, client, { state, scope: 'openid' });
    const tokens = (await exchange(http, client, given.code, given.verifier)).json;
    const next = (await refresh(http, client, tokens.refresh_token)).json;
    await opens(http, next.access_token);
    await http.get(`/o/userinfo/?access_token=${next.access_token}`);
    await introspect(http, client, next.access_token);
    await postForm(http, `/o/token/?code=${given.code}`, form());
    await exchange(http, client, given.code, given.verifier);
    await postForm(http, '/o/revoke_token/', { token: next.refresh_token, ...credentials(client) });
    await postForm(http, '/o/token/', form(), basic(client.clientId, 'a-wrong-secret'));
    const written = JSON.stringify(app.logs) + JSON.stringify(await sql(app, 'SELECT * FROM audit_log'));
    expect(written).toContain('/o/token');
    expect(written).toContain('oauth.grant.replayed');
    const secrets = {
      state,
      code: given.code,
      verifier: given.verifier,
      secret: client.secret ?? '-',
      wrong: 'a-wrong-secret',
      access: tokens.access_token,
      refresh: tokens.refresh_token ?? '-',
      id: tokens.id_token ?? '-',
      next: next.access_token,
      nextRefresh: next.refresh_token,
    };
    for (const [name, value] of Object.entries(secrets)) expect([name, written.includes(value)]).toEqual([name, false]);
    // Nor are they in any table: a copy of the database opens nothing.
    const tables = await sql<{ name: string }>(
      app,
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const rows = JSON.stringify(await sql(app, `SELECT * FROM "${name}"`));
      for (const [kind, value] of Object.entries(secrets))
        expect([name, kind, rows.includes(value)]).toEqual([name, kind, false]);
    }
  });
});
