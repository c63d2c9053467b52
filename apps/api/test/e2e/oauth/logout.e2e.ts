import { decodeProtectedHeader, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { systemContext } from '../../../src/common/context/request-context.js';
import { SigningKeysService } from '../../../src/modules/oauth-provider/signing-keys.service.js';
import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { exchange, postForm, register, signInTo, type TestApplication } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const BYE = 'https://app.example.org/bye?from=besedka';
/** Every character that encodings treat in different ways, and long. */
const STATE = `a+b%20c%2Bd=e/f${'~'.repeat(400)}%D1%91`;

describe('RP-initiated logout', () => {
  let app: TestApp;
  let client: TestApplication;
  let other: TestApplication;
  beforeAll(async () => {
    app = await createTestApp();
    const owner = await signIn(app, 'owner');
    client = await register(owner, { postLogoutRedirectUris: [BYE] });
    other = await register(owner, { postLogoutRedirectUris: ['https://other.example.org/'] });
  });
  afterAll(() => closeTestApp(app));

  /** Somebody who has signed in to the application, and the id token that it got. */
  const signedIn = async (
    login = 'test_user',
    of = client,
  ): Promise<{ person: HttpClient; hint: string; access: string }> => {
    const person = await signIn(app, login);
    const { code, verifier } = await signInTo(person, of, { scope: 'openid profile' });
    const tokens = (await exchange(app.http(), of, code, verifier)).json;
    return { person, hint: tokens.id_token ?? '', access: tokens.access_token };
  };
  const ask = (person: HttpClient, query: Record<string, string>, raw = ''): Promise<HttpAnswer<unknown>> =>
    person.get(`/o/logout/?${new URLSearchParams(query).toString()}${raw}`);
  const isSignedIn = async (person: HttpClient): Promise<boolean> =>
    (await person.get('/api/v1/users/me')).status === 200;
  const location = (answer: HttpAnswer<unknown>): string | null => answer.headers.get('location');

  it('ends the session that the id token is of, and comes back with the state byte for byte', async () => {
    const { person, hint, access } = await signedIn();
    const cookie = person.cookieHeader('/api/v1/auth');
    const answer = await ask(person, { id_token_hint: hint, post_logout_redirect_uri: BYE }, `&state=${STATE}`);
    expect([answer.status, location(answer)]).toEqual([302, `${BYE}&state=${STATE}`]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(person.cookieHeader('/api/v1/auth')).toBe('');
    expect((await person.get('/api/v1/users/me', { headers: { cookie } })).status).toBe(401);
    const userinfo = await app.http().get('/o/userinfo/', { headers: { authorization: `Bearer ${access}` } });
    expect(userinfo.status).toBe(401);
  });

  it('goes to the sign-in page when no address is given', async () => {
    const { person, hint } = await signedIn();
    expect(location(await ask(person, { id_token_hint: hint, state: 'x' }))).toBe('/login');
    expect(await isSignedIn(person)).toBe(false);
  });

  it('works when the access token of the browser has expired meanwhile', async () => {
    const short = await createTestApp({ env: { ACCESS_TOKEN_SECONDS: '5' } });
    try {
      const own = await register(await signIn(short, 'owner'), { postLogoutRedirectUris: [BYE] });
      const person = await signIn(short, 'test_user');
      const { code, verifier } = await signInTo(person, own, { scope: 'openid' });
      const { id_token: hint = '' } = (await exchange(short.http(), own, code, verifier)).json;
      while (await isSignedIn(person)) await new Promise((done) => setTimeout(done, 250));
      const answer = await ask(person, { id_token_hint: hint, post_logout_redirect_uri: BYE });
      expect(location(answer)).toBe(BYE);
      const left = (await (await signIn(short, 'test_user')).get<{ items: unknown[] }>('/api/v1/auth/sessions')).json;
      expect(left.items).toHaveLength(1);
    } finally {
      await short.close();
    }
  });

  it('takes a hint of a key that was retired long ago', async () => {
    const { person, hint } = await signedIn();
    const keys = app.get(SigningKeysService);
    await keys.rotate(systemContext('test'));
    await sql(
      app,
      `UPDATE oauth_signing_keys SET created_at = created_at - interval '30 days',
         activated_at = activated_at - interval '30 days', retired_at = retired_at - interval '30 days'`,
    );
    await keys.reload();
    const { kid } = decodeProtectedHeader(hint);
    expect((await keys.list()).find((key) => key.kid === kid)).toMatchObject({ state: 'retired', published: false });
    expect(location(await ask(person, { id_token_hint: hint, post_logout_redirect_uri: BYE }))).toBe(BYE);
    expect(await isSignedIn(person)).toBe(false);
  });

  it('still goes back when the session is over already', async () => {
    const { person, hint } = await signedIn();
    await person.post('/api/v1/auth/logout', {});
    const answer = await ask(person, { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' });
    expect(location(answer)).toBe(`${BYE}&state=s`);
    const stranger = await ask(app.http(), { client_id: client.clientId, post_logout_redirect_uri: BYE });
    expect(location(stranger)).toBe(BYE);
  });

  it('takes the form of another site by a navigation of its own, so that the cookies come along', async () => {
    const { person, hint } = await signedIn();
    const form = { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'a+b=/c' };
    const answer = await postForm(person, '/o/logout', form, {
      origin: 'http://127.0.0.1:3000',
      'sec-fetch-site': 'same-site',
    });
    expect(answer.status).toBe(303);
    expect(await isSignedIn(person)).toBe(true);
    const next = await person.get(location(answer) ?? '');
    expect(location(next)).toBe(`${BYE}&state=a%2Bb%3D%2Fc`);
    expect(await isSignedIn(person)).toBe(false);
  });

  describe('asks the person', () => {
    const forged = async (claims: Record<string, unknown>): Promise<string> => {
      const { privateKey } = await generateKeyPair('RS256');
      const kid = (await app.get(SigningKeysService).list())[0]?.kid ?? '';
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    };
    const claimsOf = (token: string): Record<string, unknown> =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

    it.each([
      ['no hint', () => ''],
      ['a hint of another person', async () => (await signedIn('admin')).hint],
      ['a hint of another sign-in of the same person', async () => (await signedIn()).hint],
      ['a hint that somebody else has signed', (hint: string) => forged(claimsOf(hint))],
      ['an unsigned hint (alg none)', (hint: string) => new UnsecuredJWT(claimsOf(hint)).encode()],
      ['a hint whose signature was cut off', (hint: string) => hint.slice(0, hint.lastIndexOf('.') + 1)],
      [
        'a hint signed with the public key as if it were a secret',
        async (hint: string) => {
          const [key] = await app.get(SigningKeysService).published();
          return new SignJWT(claimsOf(hint))
            .setProtectedHeader({ alg: 'HS256', kid: key?.kid ?? '' })
            .sign(Buffer.from(JSON.stringify(key)));
        },
      ],
      ['an access token instead of a hint', async () => (await signedIn()).access],
      ['nonsense', () => 'a.b.c'],
    ])('for %s', async (_what, make) => {
      const { person, hint } = await signedIn();
      const given = await make(hint);
      const query = {
        client_id: client.clientId,
        post_logout_redirect_uri: BYE,
        ...(given === '' ? {} : { id_token_hint: given }),
      };
      const answer = await ask(person, query, `&state=${STATE}`);
      const raw = `${new URLSearchParams(query).toString()}&state=${STATE}`;
      expect([answer.status, location(answer)]).toEqual([302, `/oauth/logout?${raw}`]);
      expect(await isSignedIn(person)).toBe(true);
      const confirmed = await person.post<{ location: string }>('/api/v1/oauth/logout', { request: raw });
      expect([confirmed.status, confirmed.json]).toEqual([200, { location: `${BYE}&state=${STATE}` }]);
      expect(person.cookieHeader('/api/v1/auth')).toBe('');
    });

    it('and does it only for somebody who is signed in, from our own page', async () => {
      const request = `client_id=${client.clientId}`;
      expect((await app.http().post('/api/v1/oauth/logout', { request })).status).toBe(401);
      const { person } = await signedIn();
      const foreign = await person.post('/api/v1/oauth/logout', { request }, { origin: 'https://evil.example.org' });
      expect(foreign.status).toBe(403);
      expect((await person.post<{ location: string }>('/api/v1/oauth/logout', { request: '' })).json).toEqual({
        location: '/login',
      });
    });
  });

  describe('is no open redirector', () => {
    const bad: [string, (hint: string) => Record<string, string>, string][] = [
      [
        'a foreign address',
        () => ({ client_id: client.clientId, post_logout_redirect_uri: 'https://evil.example.org/' }),
        'logout_uri_mismatch',
      ],
      [
        'a foreign address with a hint',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example.org/' }),
        'logout_uri_mismatch',
      ],
      [
        'an address that only begins like the registered one',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: `${BYE}&x=1` }),
        'logout_uri_mismatch',
      ],
      [
        'other case',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: BYE.replace('app', 'APP') }),
        'logout_uri_mismatch',
      ],
      [
        'a script',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: 'javascript:alert(1)' }),
        'logout_uri_mismatch',
      ],
      [
        'a redirect URI of the sign-in',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: client.redirectUri }),
        'logout_uri_mismatch',
      ],
      [
        'the address of another application',
        (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://other.example.org/' }),
        'logout_uri_mismatch',
      ],
      ['an address without an application', () => ({ post_logout_redirect_uri: BYE }), 'logout_uri_mismatch'],
      ['an unknown application', () => ({ client_id: 'nobody', post_logout_redirect_uri: BYE }), 'unknown_client'],
      [
        'a hint of one application in the name of another',
        (hint) => ({
          id_token_hint: hint,
          client_id: other.clientId,
          post_logout_redirect_uri: 'https://other.example.org/',
        }),
        'unknown_client',
      ],
    ];
    it.each(bad)('%s', async (_what, make, code) => {
      const { person, hint } = await signedIn();
      const query = make(hint);
      const answer = await ask(person, { ...query, state: '<script>evil</script>' });
      expect([answer.status, location(answer)]).toEqual([400, null]);
      expect(answer.text).toContain(code);
      expect(answer.text).not.toMatch(/evil|example\.org|<script/);
      expect(await isSignedIn(person)).toBe(true);
      const request = new URLSearchParams(query).toString();
      const confirmed = await person.post('/api/v1/oauth/logout', { request });
      expect([confirmed.status, confirmed.json['code']]).toEqual([400, 'oauth_request_invalid']);
      expect(await isSignedIn(person)).toBe(true);
    });

    it.each([
      ['a repeated parameter', '/o/logout/?client_id=a&client_id=b', 'duplicate_parameter'],
      ['broken encoding', '/o/logout/?state=%E0%A4%A', 'malformed_request'],
      ['more than anybody has to say', `/o/logout/?state=${'a'.repeat(8_100)}`, 'malformed_request'],
    ])('%s', async (_what, path, code) => {
      const answer = await app.http().get(path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
      expect(answer.text).toContain(code);
      expect(answer.text).toContain(answer.headers.get('x-request-id'));
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    });

    it('speaks the language that the application knows of', async () => {
      const http = app.http();
      const english = await http.get('/o/logout/?post_logout_redirect_uri=x&ui_locales=de+en-GB', {
        headers: { 'accept-language': 'ru' },
      });
      expect(english.text).toContain('<html lang="en">');
      expect(english.text).toContain('Signing out has stopped here.');
      expect((await http.get('/o/logout/?post_logout_redirect_uri=x&ui_locales=de')).text).toContain(
        '<html lang="ru">',
      );
    });
  });
});
