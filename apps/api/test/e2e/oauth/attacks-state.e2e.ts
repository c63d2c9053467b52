import { connect } from 'node:net';
import { decodeJwt } from 'jose';
import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import { signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { exchange, register, signInTo, type TestApplication, told } from '../../support/oauth/applications.js';
import { asking, expectPage, introspect } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
let person: HttpClient;
let client: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  person = await signIn(app, 'test_user');
  client = await register(await signIn(app, 'owner'), { firstParty: true });
});
afterAll(() => closeTestApp(app));

/** The `state` of the redirect as it stands there, after a request in which it stood as `raw`. */
async function stateAfter(raw: string, of = client, more: Record<string, string | null> = {}): Promise<string | null> {
  const answer = await person.get(`${asking(of, more)}&state=${raw}`);
  const location = answer.headers.get('location') ?? answer.text;
  return /[?&]state=([^&]*)/.exec(location)?.[1] ?? null;
}

/** A request whose bytes no client library has touched. */
function rawGet(path: string, cookie: string): Promise<string> {
  const { hostname, port } = new URL(app.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`,
      'latin1',
    );
  });
}

describe('state', () => {
  it('state: comes back byte for byte, whatever its spelling', async () => {
    for (const raw of [
      'abc',
      'a+b%20c%2Bd%2bd=e==/f?g:h@i!j$k(l)m*n,o;p~q',
      '%7B%22x%22%3A%22%D1%91%22%7D',
      Buffer.from('{"loginStyle":"redirect","credentialToken":"x"}').toString('base64'),
      'x'.repeat(400),
      'x'.repeat(4000),
      '%E2%80%AE%F0%9F%92%A5',
      '%01%0D%0Aset-cookie:evil=1',
      '',
    ])
      expect(await stateAfter(raw)).toBe(raw);
  });

  it('state: comes back with errors too', async () => {
    expect(await stateAfter('a+b%2fc==', client, { response_type: 'token' })).toBe('a+b%2fc==');
    expect(await stateAfter('a+b%2fc==', ROCKETCHAT, { scope: 'nothing' })).toBe('a+b%2fc==');
  });

  it('state: missing, none is made up', async () => {
    for (const more of [{}, { response_type: 'token' }] as Record<string, string>[]) {
      expect(told(await person.get(asking(client, more))).state).toBeUndefined();
    }
  });

  it('state: bytes that no address may hold come back escaped and split no header', async () => {
    const cookie = person.cookieHeader('/o/authorize');
    const answer = await rawGet(`${asking(client)}&state=%0D%0Ax:y"<>`, cookie);
    const head = answer.split('\r\n\r\n', 1)[0] ?? '';
    expect(head).toContain('HTTP/1.1 302');
    expect(/state=(\S*)/.exec(head)?.[1]).toBe('%0D%0Ax:y%22%3C%3E');
    for (const bytes of ['a\x00b', 'a\x01b', 'a\xe9b', 'a\xffb'])
      expect(await rawGet(`${asking(client)}&state=${bytes}`, cookie)).toContain('HTTP/1.1 400');
  });
});

describe('nonce', () => {
  const nonceFor = async (nonce: string | null): Promise<unknown> => {
    const { code, verifier } = await signInTo(person, client, { scope: 'openid', nonce });
    return decodeJwt((await exchange(app.http(), client, code, verifier)).json.id_token ?? '').nonce;
  };

  it('nonce: comes back in the id token character for character', async () => {
    for (const nonce of ['n-0S6_WzA2Mj', 'a+b/c=&"ё\u202e', 'x'.repeat(512)]) expect(await nonceFor(nonce)).toBe(nonce);
  });

  it('nonce: missing, none is made up; too long, it is refused', async () => {
    expect(await nonceFor(null)).toBeUndefined();
    expect(told(await person.get(asking(client, { nonce: 'x'.repeat(513) })))).toMatchObject({
      error: 'invalid_request',
    });
  });
});

describe('mix-up', () => {
  it('mix-up: every answer at the redirect URI says whose it is', async () => {
    const issuer = app.config.http.publicUrl;
    const requests: Record<string, string | null>[] = [
      {},
      { response_type: 'token' },
      { scope: 'nothing' },
      { prompt: 'bad' },
      { code_challenge: null },
    ];
    for (const more of requests) expect(told(await person.get(asking(client, more))).iss).toBe(issuer);
    expect(told(await app.http().get(asking(client, { prompt: 'none' })))).toMatchObject({
      error: 'login_required',
      iss: issuer,
    });
  });

  it('mix-up: metadata, id token and introspection name the same issuer', async () => {
    const issuer = app.config.http.publicUrl;
    const metadata = (await app.http().get('/.well-known/oauth-authorization-server')).json;
    expect(metadata).toMatchObject({ issuer, authorization_response_iss_parameter_supported: true });
    const { code, verifier } = await signInTo(person, client, { scope: 'openid' });
    const tokens = (await exchange(app.http(), client, code, verifier)).json;
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ iss: issuer, aud: client.clientId });
    expect((await introspect(app.http(), client, tokens.access_token)).json).toMatchObject({ iss: issuer });
  });

  it('mix-up: a Host header makes no other issuer', async () => {
    const cookie = person.cookieHeader('/o/authorize');
    const answer = await person.get(asking(client), {
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', cookie },
    });
    expect(answer.headers.get('location')).not.toContain('evil');
    const metadata = await app
      .http()
      .get('/.well-known/openid-configuration', { headers: { 'x-forwarded-host': 'evil.example' } });
    expect(metadata.text).not.toContain('evil');
  });
});

describe('clocks', () => {
  it('clock skew: an access token ends by the clock of this server, whatever a client says', async () => {
    const short = await createTestApp({ env: { OAUTH_ACCESS_TOKEN_SECONDS: '10' } });
    try {
      const http = short.http();
      const { code } = told(
        await (
          await signIn(short, 'test_user')
        ).get(asking({ ...ROCKETCHAT }, { scope: 'read', code_challenge: null, code_challenge_method: null })),
      );
      const tokens = (await exchange(http, ROCKETCHAT, code ?? '', null)).json;
      expect(tokens.expires_in).toBe(10);
      const date = {
        headers: { date: 'Mon, 01 Jan 2001 00:00:00 GMT', authorization: `Bearer ${tokens.access_token}` },
      };
      const asked = await http.get('/api/v1/auth/rocket/', date);
      expect(asked.status).toBe(200);
      await new Promise((done) => setTimeout(done, 10_100));
      expect((await http.get('/api/v1/auth/rocket/', date)).status).toBe(401);
      expect((await introspect(http, ROCKETCHAT, tokens.access_token)).json).toEqual({ active: false });
    } finally {
      await short.close();
    }
  });

  it('clock skew: issue and expiry in the tokens fit each other and the answer', async () => {
    const { code, verifier } = await signInTo(person, client, { scope: 'openid' });
    const before = Math.floor(Date.now() / 1000);
    const tokens = (await exchange(app.http(), client, code, verifier)).json;
    const seen = (await introspect(app.http(), client, tokens.access_token)).json as { iat: number; exp: number };
    expect(seen.exp - seen.iat).toBe(tokens.expires_in);
    const claims = decodeJwt(tokens.id_token ?? '');
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    for (const time of [seen.iat, claims.iat ?? 0]) expect(time - before).toBeLessThanOrEqual(5);
    expect(claims.auth_time as number).toBeLessThanOrEqual(before);
  });

  it('clock skew: a database whose clock is a little behind ours sends nobody to sign in twice', async () => {
    const fresh = await signIn(app, 'admin');
    const first = await fresh.get(asking(client, { prompt: 'login' }));
    const next = new URL(first.headers.get('location') ?? '', app.url).searchParams.get('next') ?? '';
    const again = await signIn(app, 'admin');
    await sql(app, `UPDATE sessions SET created_at = created_at - interval '4 seconds'`);
    expect(told(await again.get(next)).code).toBeDefined();
    await sql(app, `UPDATE sessions SET created_at = created_at - interval '1 hour'`);
    expect(told(await again.get(next)).code).toBeUndefined();
  });
});

describe('unreadable requests', () => {
  it('an unreadable request gets a page, never a redirect', async () => {
    for (const raw of ['%E0%A4%A', '%', '%FF'])
      expectPage(await person.get(`${asking(client)}&state=${raw}`), 'malformed_request');
  });
});
