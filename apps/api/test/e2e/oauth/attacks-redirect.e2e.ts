import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { REDIRECT_URI, register, signInTo, type TestApplication, told } from '../../support/oauth/applications.js';
import { asking, expectPage, marked } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let person: HttpClient;
let client: TestApplication;
let native: TestApplication;
let local: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  const owner = await signIn(app, 'owner');
  person = await signIn(app, 'test_user');
  client = await register(owner);
  native = await register(owner, {
    kind: 'public',
    firstParty: true,
    redirectUris: ['http://127.0.0.1/cb', 'http://[::1]/cb', 'http://localhost:4000/cb', 'org.example.app:/cb'],
  });
  local = await register(owner, { firstParty: true, redirectUris: ['http://127.0.0.1:3000/cb'] });
  // Allowed once: whatever slipped through would get a code without a question.
  await signInTo(person, client, { scope: 'openid' });
});
afterAll(() => closeTestApp(app));

/** None of these gets anything but a page; nobody is sent anywhere. */
async function refused(of: TestApplication, ...redirectUris: string[]): Promise<void> {
  for (const redirectUri of redirectUris) {
    const answer = await person.get(asking({ ...of, redirectUri }, { state: marked() }));
    expectPage(answer, 'redirect_uri_mismatch', [redirectUri, 'evil']);
  }
}

/** The same with the parameter as it stands in the address. */
async function refusedRaw(raw: string): Promise<void> {
  const answer = await person.get(`${asking(client, { redirect_uri: null })}&redirect_uri=${raw}`);
  expectPage(answer, 'redirect_uri_mismatch', [raw]);
}

async function accepted(of: TestApplication, redirectUri: string): Promise<void> {
  const answer = await person.get(asking({ ...of, redirectUri }));
  expect(answer.headers.get('location')?.startsWith(`${redirectUri}?code=`)).toBe(true);
}

describe('redirect URI tricks', () => {
  it('redirect URI: the registered one, and only that, gets a code', async () => {
    await accepted(client, REDIRECT_URI);
  });

  it('redirect URI: a registered one as prefix', () =>
    refused(client, `${REDIRECT_URI}evil`, `${REDIRECT_URI}/evil`, `${REDIRECT_URI}/`, `${REDIRECT_URI};evil`));

  it('redirect URI: a registered one as suffix', () =>
    refused(client, `https://evil.example/${REDIRECT_URI}`, `https://evil.example/?${REDIRECT_URI}`, '/callback'));

  it('redirect URI: the registered host as part of another', () =>
    refused(
      client,
      'https://app.example.org.evil.example/callback',
      'https://evilapp.example.org/callback',
      'https://example.org/callback',
      'https://sub.app.example.org/callback',
    ));

  it('redirect URI: escaped characters, once and twice', async () => {
    await refused(client, 'https://app.example.org/%63allback', 'https%3A%2F%2Fapp.example.org%2Fcallback');
    await refusedRaw('https%253A%252F%252Fapp.example.org%252Fcallback');
    await refusedRaw('https://app.example.org/callback%2e');
  });

  it('redirect URI: user info', () =>
    refused(
      client,
      'https://app.example.org@evil.example/callback',
      'https://evil@app.example.org/callback',
      'https://app.example.org:443@evil.example/callback',
      'https://evil.example\\@app.example.org/callback',
    ));

  it('redirect URI: a fragment', () => refused(client, `${REDIRECT_URI}#evil`, `${REDIRECT_URI}#`));

  it('redirect URI: other case', () =>
    refused(
      client,
      'HTTPS://app.example.org/callback',
      'https://APP.example.org/callback',
      'https://app.example.org/Callback',
    ));

  it('redirect URI: a dot at the end of the host', () => refused(client, 'https://app.example.org./callback'));

  it('redirect URI: path traversal', () =>
    refused(
      client,
      `${REDIRECT_URI}/../evil`,
      'https://app.example.org/evil/../callback',
      'https://app.example.org/./callback',
      'https://app.example.org//callback',
      'https://app.example.org/evil/%2e%2e/callback',
      'https://app.example.org/evil\\..\\callback',
    ));

  it('redirect URI: an added query', () =>
    refused(client, `${REDIRECT_URI}?next=https://evil.example`, `${REDIRECT_URI}?`));

  it('redirect URI: another port or scheme', () =>
    refused(
      client,
      'https://app.example.org:444/callback',
      'https://app.example.org:443/callback',
      'http://app.example.org/callback',
      'ftp://app.example.org/callback',
      '//app.example.org/callback',
    ));

  it('redirect URI: schemes that run in the browser', () =>
    refused(
      client,
      'javascript:alert(1)//',
      'data:text/html,evil',
      'vbscript:evil',
      'blob:https://app.example.org/evil',
    ));

  it('redirect URI: spaces, control characters, look-alikes, two at once', () =>
    refused(
      client,
      ` ${REDIRECT_URI}`,
      `${REDIRECT_URI} `,
      `${REDIRECT_URI}\t`,
      `${REDIRECT_URI}\r\nlocation: https://evil.example`,
      'https://app.exa\tmple.org/callback',
      'https://аpp.example.org/callback',
      'https://app.example.org\u202e/callback',
      `${REDIRECT_URI} https://evil.example`,
      `${REDIRECT_URI},https://evil.example`,
    ));

  it('redirect URI: left out or empty, even where only one is registered', async () => {
    for (const path of [asking(client, { redirect_uri: null }), asking({ ...client, redirectUri: '' })]) {
      expectPage(await person.get(path), 'redirect_uri_missing');
    }
  });

  it('redirect URI: one of another application', () =>
    refused(client, ...['http://127.0.0.1:3000/cb', 'org.example.app:/cb']));
});

describe('redirect URIs of native applications (RFC 8252)', () => {
  it('loopback: a public application takes any port that there is', async () => {
    for (const uri of [
      'http://127.0.0.1/cb',
      'http://127.0.0.1:49152/cb',
      'http://127.0.0.1:80/cb',
      'http://[::1]:5/cb',
    ])
      await accepted(native, uri);
    await accepted(native, 'org.example.app:/cb');
  });

  it('loopback: never a port that cannot be, another path, host, scheme or user', () =>
    refused(
      native,
      'http://127.0.0.1:99999/cb',
      'http://127.0.0.1:65536/cb',
      'http://127.0.0.1:0/cb',
      'http://127.0.0.1:/cb',
      'http://127.0.0.1:00080/cb',
      'http://127.0.0.1:5000/evil',
      'http://127.0.0.1:5000/cb?evil',
      'http://127.0.0.1:5000/cb#evil',
      'http://127.0.0.2:5000/cb',
      'http://127.1:5000/cb',
      'http://0x7f000001:5000/cb',
      'http://127.0.0.1.evil.example/cb',
      'http://127.0.0.1:5000@evil.example/cb',
      'http://evil@127.0.0.1:5000/cb',
      'https://127.0.0.1:5000/cb',
      'http://[::1%25evil]:5000/cb',
      'http://[::ffff:127.0.0.1]:5000/cb',
    ));

  it('loopback: localhost only as registered', async () => {
    await accepted(native, 'http://localhost:4000/cb');
    await refused(native, 'http://localhost:4001/cb', 'http://localhost/cb');
  });

  it('loopback: an application with a secret keeps its port', async () => {
    await accepted(local, 'http://127.0.0.1:3000/cb');
    await refused(local, 'http://127.0.0.1:3001/cb', 'http://127.0.0.1/cb');
  });

  it('private-use schemes: as registered, to the letter', () =>
    refused(
      native,
      'org.example.app://cb',
      'org.example.app:/cb/evil',
      'ORG.example.app:/cb',
      'org.example.app.evil:/cb',
    ));
});

describe('where errors go', () => {
  it('errors go to the redirect URI only after it was verified', async () => {
    const text = marked();
    const bad = { response_type: 'token', scope: text, state: text, prompt: text };
    expectPage(await person.get(asking({ ...client, clientId: text }, bad)), 'unknown_client', [text]);
    expectPage(
      await person.get(asking({ ...client, redirectUri: `https://${text}.example/` }, bad)),
      'redirect_uri_mismatch',
      [text],
    );
    const answer = await person.get(asking(client, bad));
    expect(answer.headers.get('location')?.startsWith(`${REDIRECT_URI}?error=unsupported_response_type&`)).toBe(true);
    expect(told(answer).error_description).not.toContain(text);
  });

  it('an error page names what is wrong and reflects nothing', async () => {
    const text = `"'><script>${marked()}</script>`;
    for (const path of [
      asking({ ...client, clientId: text }, { state: text, login_hint: text }),
      asking({ ...client, redirectUri: text }, { state: text }),
      `${asking(client)}&${encodeURIComponent(text)}=1&${encodeURIComponent(text)}=2`,
      `${asking(client)}&state=%zz${encodeURIComponent(text)}`,
    ]) {
      const answer = await person.get(path);
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.text).not.toContain('evil');
    }
  });

  it('open redirector: the address that refreshes a session leads to authorize and nowhere else', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example/o/authorize?x',
      '/\\evil.example/o/authorize?x',
      '/o/authorize.evil?x',
      '/o/authorize/../../evil?x',
      '/chat',
      '/o/token?x',
      '/o/authorize?x\\evil',
      '/o/authorize?x\r\nset-cookie: evil=1',
      '/o/authorize?x\u0000',
      '/o/authorize?\u0001',
      '/o/authorize?состояние',
      `/o/authorize?${'x'.repeat(10_000)}`,
    ]) {
      const answer = await person.get(`/api/v1/auth/continue?to=${encodeURIComponent(to)}`);
      expect([to, answer.status, answer.headers.get('location')]).toEqual([to, 400, null]);
    }
  });

  it('open redirector: signing out leads to a registered address or to ours', async () => {
    const text = marked();
    const uri = encodeURIComponent(`https://${text}.example/`);
    expectPage(await person.get(`/o/logout/?post_logout_redirect_uri=${uri}`), 'logout_uri_mismatch', [text]);
    expectPage(
      await person.get(`/o/logout/?client_id=${client.clientId}&post_logout_redirect_uri=${uri}`),
      'logout_uri_mismatch',
      [text],
    );
    // A redirect URI of signing in is none of signing out.
    const callback = encodeURIComponent(REDIRECT_URI);
    expectPage(
      await person.get(`/o/logout/?client_id=${client.clientId}&post_logout_redirect_uri=${callback}`),
      'logout_uri_mismatch',
    );
  });

  it('open redirector: the consent decision leads back to the request or to the verified redirect URI', async () => {
    const decide = (query: string, allow: boolean) =>
      person.post<{ location?: string; code?: string }>('/api/v1/oauth/consent', { request: query, allow });
    const query = (path: string): string => path.slice(path.indexOf('?') + 1);
    for (const allow of [true, false]) {
      const evil = await decide(query(asking({ ...client, redirectUri: 'https://evil.example/' })), allow);
      expect([evil.status, evil.json.code, evil.text.includes('evil')]).toEqual([400, 'oauth_request_invalid', false]);
    }
    expect((await decide(query(asking(client)), true)).json.location?.startsWith('/o/authorize/?')).toBe(true);
    const no = (await decide(query(asking(client)), false)).json.location ?? '';
    expect(no.startsWith(`${REDIRECT_URI}?error=access_denied&`)).toBe(true);
  });

  it('a redirect that carries a code is not kept and tells no referrer', async () => {
    const answer = await person.get(asking(client));
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.status).toBe(302);
  });
});
