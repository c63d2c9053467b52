import { createHash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { claimsFor } from '../../../src/modules/oauth-provider/identity.js';
import { CLAIMS } from '../../../src/modules/oauth-provider/oidc-metadata.js';
import { signIn } from '../../support/accounts/accounts.js';
import { exchange, register, signInTo, type TestApplication } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

type Metadata = Record<string, string | string[] | boolean>;

describe('OpenID Connect', () => {
  const ISSUER = 'https://portal.example.org';
  let app: TestApp;
  let client: TestApplication;
  beforeAll(async () => {
    app = await createTestApp({ env: { PUBLIC_URL: ISSUER, OAUTH_ID_TOKEN_SECONDS: '600' } });
    client = await register(await signIn(app, 'owner'));
  });
  afterAll(() => closeTestApp(app));

  describe('id token', () => {
    it('verifies against the key set over HTTP, and says who signed in, when, and for whom', async () => {
      const person = await signIn(app, 'admin');
      const nonce = 'n-0S6_WzA2Mj+/=ё';
      const { code, verifier } = await signInTo(person, client, { scope: 'openid profile email roles', nonce });
      const tokens = (await exchange(app.http(), client, code, verifier)).json;
      const keySet = createRemoteJWKSet(new URL('/o/jwks/', app.url));
      const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? '', keySet, {
        issuer: ISSUER,
        audience: client.clientId,
        algorithms: ['RS256'],
      });
      const me = (await person.get<{ id: string }>('/api/v1/users/me')).json;
      const sessions = (await person.get<{ items: { id: string; current: boolean }[] }>('/api/v1/auth/sessions')).json;
      expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.any(String), typ: 'JWT' });
      expect(payload).toMatchObject({
        iss: ISSUER,
        aud: client.clientId,
        sub: me.id,
        nonce,
        sid: sessions.items.find((session) => session.current)?.id,
        preferred_username: 'admin',
        email: 'admin@besedka.local',
        roles: ['admin', 'user'],
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
      const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16);
      expect(payload['at_hash']).toBe(half.toString('base64url'));
      expect(Math.abs(Number(payload['auth_time']) - Date.now() / 1000)).toBeLessThan(60);
      expect(Object.keys(payload).filter((name) => !(CLAIMS as readonly string[]).includes(name))).toEqual([]);
    });

    it('tells nothing that its scopes do not open, and no nonce that nobody sent', async () => {
      const person = await signIn(app, 'test_user');
      const { code, verifier } = await signInTo(person, client, { scope: 'openid' });
      const { id_token: token = '' } = (await exchange(app.http(), client, code, verifier)).json;
      const keySet = createLocalJWKSet((await app.http().get<JSONWebKeySet>('/o/jwks')).json);
      const { payload } = await jwtVerify(token, keySet);
      expect(Object.keys(payload).sort()).toEqual(
        ['aud', 'at_hash', 'auth_time', 'exp', 'iat', 'iss', 'sid', 'sub'].sort(),
      );
      expect(decodeProtectedHeader(token).kid).toBe((await app.http().get<JSONWebKeySet>('/o/jwks')).json.keys[0]?.kid);
    });

    it('is not given without the scope openid', async () => {
      const person = await signIn(app, 'test_user');
      const { code, verifier } = await signInTo(person, client, { scope: 'profile' });
      expect((await exchange(app.http(), client, code, verifier)).json).not.toHaveProperty('id_token');
    });
  });

  describe('discovery', () => {
    const metadata = async (): Promise<Metadata> =>
      (await app.http().get<Metadata>('/.well-known/openid-configuration')).json;

    it('says the same at both addresses, with and without a slash at the end, and may be kept', async () => {
      for (const name of ['openid-configuration', 'oauth-authorization-server', 'openid-configuration/']) {
        const answer = await app.http().get<Metadata>(`/.well-known/${name}`);
        expect([name, answer.status, answer.json]).toEqual([name, 200, await metadata()]);
        expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
        expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
      }
    });

    it('names addresses of the issuer that all answer', async () => {
      const facts = await metadata();
      expect(facts['issuer']).toBe(ISSUER);
      const addresses = Object.entries(facts).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri');
      expect(addresses.map(([name]) => name).sort()).toEqual([
        'authorization_endpoint',
        'device_authorization_endpoint',
        'end_session_endpoint',
        'introspection_endpoint',
        'jwks_uri',
        'revocation_endpoint',
        'token_endpoint',
        'userinfo_endpoint',
      ]);
      for (const [name, address] of addresses) {
        expect(String(address)).toMatch(/^https:\/\/portal\.example\.org\/o\/[a-z_]+\/$/);
        const method = /^(token|revocation|introspection|device_authorization)_endpoint$/.test(name) ? 'POST' : 'GET';
        const path = new URL(String(address)).pathname;
        for (const asked of [path, path.slice(0, -1)]) {
          const answer = await app.http().request(method, asked, { origin: false });
          expect([asked, answer.status]).not.toEqual([asked, 404]);
          expect([asked, answer.status]).not.toEqual([asked, 405]);
          expect(answer.status).toBeLessThan(500);
        }
      }
    });

    it('names only claims, scopes and prompts that there are', async () => {
      const facts = await metadata();
      const everything = claimsFor(
        {
          userId: '',
          username: '',
          fullName: '',
          email: 'a@example.org',
          locale: 'ru',
          picture: 'https://portal.example.org/a',
          roleNames: [],
          groups: [],
          updatedAt: new Date(),
        },
        ['read'],
      );
      expect(facts['claims_supported']).toEqual(expect.arrayContaining(Object.keys(everything)));
      const person = await signIn(app, 'owner');
      for (const prompt of facts['prompt_values_supported'] as string[]) {
        const path = `/o/authorize/?response_type=code&client_id=${client.clientId}&redirect_uri=${encodeURIComponent(client.redirectUri)}&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256&prompt=${prompt}`;
        expect([prompt, (await person.get(path)).headers.get('location')]).toEqual([
          prompt,
          expect.not.stringContaining('error=invalid_request'),
        ]);
      }
    });
  });

  describe('from a page of another origin', () => {
    const origin = 'https://spa.example.net';
    it.each([
      ['GET', '/.well-known/openid-configuration', 'GET'],
      ['GET', '/.well-known/oauth-authorization-server/', 'GET'],
      ['GET', '/o/jwks/', 'GET'],
      ['POST', '/o/token/', 'POST'],
      ['POST', '/o/revoke_token', 'POST'],
      ['GET', '/o/userinfo/', 'GET, POST'],
      ['GET', '/api/v1/auth/rocket/', 'GET'],
    ])('%s %s can be called and read, never with cookies', async (method, path, methods) => {
      const preflight = await app.http().request('OPTIONS', path, {
        origin,
        headers: { 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-methods')).toBe(methods);
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/);
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      const answer = await app.http().request(method, path, { headers: { origin } });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(answer.status).not.toBe(403);
    });

    it.each(['/o/authorize/', '/o/logout/', '/o/introspect/', '/o/token/x', '/api/v1/users/me', '/o//token', '/'])(
      '%s stays closed',
      async (path) => {
        for (const method of ['OPTIONS', 'GET']) {
          const answer = await app.http().request(method, path, { headers: { origin } });
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        }
      },
    );
  });
});
