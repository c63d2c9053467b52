import type { Session, User } from '@besedka/contracts';
import { createUser, GOOD_PASSWORD, ifMatch, letters, signIn, tokenIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import {
  exchange,
  postForm,
  register,
  signInTo,
  type TestApplication,
  type Tokens,
} from '../../support/oauth/applications.js';
import { credentials, disable, introspect, opens, refresh, refusedAs } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const NEXT_PASSWORD = 'совсем другой вечер 1734';

let app: TestApp;
let http: HttpClient;
let owner: HttpClient;
let client: TestApplication;
let inspector: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  owner = await signIn(app, 'owner');
  client = await register(owner);
  inspector = await register(owner, {
    grantTypes: ['client_credentials'],
    scopes: ['tokens:introspect'],
    redirectUris: [],
  });
});
afterAll(() => closeTestApp(app));

interface SignedIn {
  readonly user: User;
  readonly browser: HttpClient;
  readonly tokens: Tokens;
}

/** Somebody new with a browser and live tokens of the application. */
async function signedIn(of = client): Promise<SignedIn> {
  const user = await createUser(owner, { email: `${Math.random().toString(36).slice(2)}@example.org` });
  const browser = await signIn(app, user.username, GOOD_PASSWORD);
  const { code, verifier } = await signInTo(browser, of, { scope: 'openid profile' });
  const tokens = (await exchange(http, of, code, verifier)).json;
  expect(await opens(http, tokens.access_token)).toBe(true);
  return { user, browser, tokens };
}

/** Nothing of these tokens works, as of now: not after a second, not after a cache. */
async function expectStopped(
  { access_token: access, refresh_token: refreshToken }: Tokens,
  of = client,
): Promise<void> {
  expect(await opens(http, access)).toBe(false);
  expect((await introspect(http, inspector, access)).json).toEqual({ active: false });
  expect(refusedAs(await refresh(http, of, refreshToken))[0]).toBeGreaterThanOrEqual(400);
}

async function expectLive({ access_token: access }: Tokens): Promise<void> {
  expect(await opens(http, access)).toBe(true);
  expect((await introspect(http, inspector, access)).json).toMatchObject({ active: true });
}

describe('tokens stop at once', () => {
  it('when the person is suspended, and do not come back', async () => {
    const { user, tokens } = await signedIn();
    const bystander = await signedIn();
    const put = async (status: string): Promise<void> => {
      const path = `/api/v1/users/${user.id}`;
      const { version } = (await owner.get<User>(path)).json;
      expect((await owner.patch(path, { status }, ifMatch(version))).status).toBe(200);
    };
    await put('disabled');
    await expectStopped(tokens);
    await put('active');
    await expectStopped(tokens);
    await expectLive(bystander.tokens);
  });

  it('when the person changes their password, wherever they were signed in', async () => {
    const { user, browser, tokens } = await signedIn();
    const elsewhere = await signIn(app, user.username, GOOD_PASSWORD);
    const { code, verifier } = await signInTo(elsewhere, client, { scope: 'openid' });
    const others = (await exchange(http, client, code, verifier)).json;
    const pending = await signInTo(browser, client, { scope: 'openid' });
    const changed = await browser.post('/api/v1/auth/password', {
      currentPassword: GOOD_PASSWORD,
      newPassword: NEXT_PASSWORD,
    });
    expect([changed.status, changed.text]).toEqual([204, '']);
    await expectStopped(others);
    // The browser in which it was changed stays signed in; what applications were given before does not.
    expect((await browser.get('/api/v1/users/me')).status).toBe(200);
    await expectStopped(tokens);
    expect(refusedAs(await exchange(http, client, pending.code, pending.verifier))).toEqual([400, 'invalid_grant']);
    const again = await signInTo(browser, client, { scope: 'openid' });
    await expectLive((await exchange(http, client, again.code, again.verifier)).json);
  });

  it('when the person chooses a new password by mail', async () => {
    const { user, tokens } = await signedIn();
    await http.post('/api/v1/auth/forgot', { login: user.email });
    const token = tokenIn((await letters(app)).filter((letter) => letter.includes('/reset?token=')).at(-1));
    expect((await http.post('/api/v1/auth/reset', { token, password: NEXT_PASSWORD })).status).toBeLessThan(300);
    await expectStopped(tokens);
  });

  it('when the session is ended: by signing out, from the list, by an administrator', async () => {
    const out = await signedIn();
    expect((await out.browser.post('/api/v1/auth/logout')).status).toBe(204);
    await expectStopped(out.tokens);

    const listed = await signedIn();
    const elsewhere = await signIn(app, listed.user.username, GOOD_PASSWORD);
    const { items } = (await elsewhere.get<{ items: Session[] }>('/api/v1/auth/sessions')).json;
    const other = items.find((session) => !session.current);
    expect((await elsewhere.delete(`/api/v1/auth/sessions/${other?.id ?? ''}`)).status).toBe(204);
    await expectStopped(listed.tokens);

    const watched = await signedIn();
    expect((await owner.delete(`/api/v1/users/${watched.user.id}/sessions`)).status).toBe(204);
    await expectStopped(watched.tokens);
  });

  it('when the application is disabled', async () => {
    const doomed = await register(owner, { firstParty: true });
    const { tokens } = await signedIn(doomed);
    await disable(owner, doomed);
    await expectStopped(tokens, doomed);
  });

  it('when the person withdraws their consent', async () => {
    const { browser, tokens } = await signedIn();
    const bystander = await signedIn();
    expect((await browser.delete(`/api/v1/users/me/applications/${client.id}`)).status).toBe(204);
    await expectStopped(tokens);
    await expectLive(bystander.tokens);
  });

  it('when an administrator ends all tokens of an application', async () => {
    const swept = await register(owner, { firstParty: true });
    const { tokens } = await signedIn(swept);
    const bystander = await signedIn();
    expect((await owner.delete(`/api/v1/oauth/clients/${swept.id}/grants`)).status).toBe(204);
    await expectStopped(tokens, swept);
    await expectLive(bystander.tokens);
  });

  it('when the application gives one of them back, whichever (RFC 7009)', async () => {
    for (const [which, hint] of [
      ['access_token', 'refresh_token'],
      ['refresh_token', 'nonsense'],
    ] as const) {
      const { tokens } = await signedIn();
      const given = await postForm(http, '/o/revoke_token/', {
        token: tokens[which] ?? '',
        token_type_hint: hint,
        ...credentials(client),
      });
      expect(given.status).toBe(200);
      await expectStopped(tokens);
    }
  });

  it('also when it was another process of ours that did it', async () => {
    const second = await createTestApp({ databaseUrl: app.databaseUrl, env: { AUTH_SECRET: app.config.auth.secret } });
    try {
      const { user, tokens } = await signedIn();
      expect(await opens(second.http(), tokens.access_token)).toBe(true);
      expect((await owner.delete(`/api/v1/users/${user.id}/sessions`)).status).toBe(204);
      expect(await opens(second.http(), tokens.access_token)).toBe(false);
      const doomed = await register(owner, { firstParty: true });
      const held = await signedIn(doomed);
      expect(await opens(second.http(), held.tokens.access_token)).toBe(true);
      await disable(owner, doomed);
      expect(await opens(second.http(), held.tokens.access_token)).toBe(false);
      // What a client is, is known for a second.
      await new Promise((done) => setTimeout(done, 1_050));
      expect(refusedAs(await refresh(second.http(), doomed, held.tokens.refresh_token))).toEqual([
        401,
        'invalid_client',
      ]);
    } finally {
      await second.close();
    }
  });
});
