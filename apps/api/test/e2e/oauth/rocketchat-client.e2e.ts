import type { CreateOAuthClient, OAuthClientWithSecret } from '@besedka/contracts';
import { systemContext } from '../../../src/common/context/request-context.js';
import { LOCAL_ACCOUNTS } from '../../../src/database/seeds/local-accounts.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { ClientAdminRepository } from '../../../src/modules/oauth-provider/client-admin.repository.js';
import { ClientSecrets } from '../../../src/modules/oauth-provider/client-secrets.js';
import { createUser, GOOD_PASSWORD, localPassword, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { register } from '../../support/oauth/applications.js';
import { Browser } from '../../support/oauth/clients/browser.js';
import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import {
  LegacyRocketChat,
  type RocketChatSettings,
  type RocketChatSignIn,
} from '../../support/oauth/rocketchat-legacy.js';
import { ModernRocketChat } from '../../support/oauth/rocketchat-modern.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const LOCAL_ROOT = 'http://127.0.0.1:3000';

let app: TestApp;
let owner: HttpClient;
beforeAll(async () => {
  // Many sign-ins of the same people in a row are the point here, and no loop.
  app = await createTestApp({ ownAddress: true, env: { OAUTH_LOOP_LIMIT: '0' } });
  owner = await signIn(app, 'owner');
});
afterAll(() => closeTestApp(app));

const browserOf = (login: string, password = localPassword(login)): Browser =>
  new Browser(app.config.http.publicUrl, { login, password });

/** The Rocket.Chat that local mode begins with. */
const local = (settings: Partial<RocketChatSettings> = {}): LegacyRocketChat =>
  new LegacyRocketChat(LOCAL_ROOT, {
    url: app.config.http.publicUrl,
    id: ROCKETCHAT.clientId,
    secret: ROCKETCHAT.secret ?? '',
    ...settings,
  });

/** The whole way of the button: browser there, browser back, and what its server does then. */
async function click(browser: Browser, rocket: LegacyRocketChat, page?: string): Promise<RocketChatSignIn> {
  const { address, state } = rocket.begin(page);
  const { url, text } = await browser.open(address, rocket.redirectUri);
  if (!url.href.startsWith(rocket.redirectUri)) throw new Error(`stranded at ${url.href}: ${text.slice(0, 200)}`);
  expect(url.searchParams.get('state')).toBe(state);
  return rocket.receive(url);
}

/** Another Rocket.Chat, with a registration of its own. */
async function another(
  wanted: Partial<CreateOAuthClient> = {},
  settings: Partial<RocketChatSettings> = {},
): Promise<{ rocket: LegacyRocketChat; id: string }> {
  const root = 'https://chat.example.org';
  const { id, clientId, secret } = await register(owner, {
    name: 'Rocket.Chat',
    firstParty: true,
    pkceRequired: false,
    scopes: ['read'],
    redirectUris: [`${root}/_oauth/besedka`],
    ...wanted,
  });
  const given = { url: app.config.http.publicUrl, id: clientId, secret: secret ?? '', ...settings };
  return { rocket: new LegacyRocketChat(root, given), id };
}

describe('Rocket.Chat with the legacy flow', () => {
  it.each(LOCAL_ACCOUNTS.map(({ username, role }) => [role, username] as const))(
    'F08 reads what it needs of %s, roles as a list under the name that it reads',
    async (role, username) => {
      const browser = await browserOf(username).signIn();
      const { identity, raw, tokens } = await click(browser, local());
      const roles = { owner: ['admin', 'user', 'vip'], moderator: ['admin', 'user'] }[role] ?? ['user'];
      const account = LOCAL_ACCOUNTS.find((one) => one.username === username);
      expect(identity).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        username,
        email: `${username}@besedka.local`,
        name: account?.fullName,
        roles,
      });
      expect(raw.sub).toBe(raw.id);
      expect(raw).not.toHaveProperty('role');
      expect(tokens).toMatchObject({ expires_in: 3600, token_type: 'Bearer', access_token: expect.any(String) });
    },
  );

  it.each(['header', 'payload'] as const)('works with the secret sent by %s', async (tokenSentVia) => {
    const browser = await browserOf('test_user').signIn();
    expect((await click(browser, local({ tokenSentVia }))).identity.username).toBe('test_user');
  });

  it.each([
    ['a+b%2Fc', 'means something else when it is form-decoded'],
    ['50% of:100%zz', 'cannot be form-decoded'],
    ['ключ с пробелом & знаками=', 'is not ASCII'],
  ])('works with the secret %s, which %s', async (secret) => {
    const { rocket, id } = await another();
    await addSecret(id, secret);
    const browser = await browserOf('test_user').signIn();
    for (const tokenSentVia of ['header', 'payload'] as const) {
      const same = new LegacyRocketChat(rocket.rootUrl, { ...rocket.settings, secret, tokenSentVia });
      expect((await click(browser, same)).identity.username).toBe('test_user');
    }
    // The same secret by the book: form-encoded inside Basic (RFC 6749 2.3.1).
    const { address } = rocket.begin();
    const code = (await browser.open(address, rocket.redirectUri)).url.searchParams.get('code') ?? '';
    const encoded = new URLSearchParams([[rocket.settings.id, secret]]).toString().replace('=', ':');
    const answer = await app.http().request('POST', '/o/token/', {
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: rocket.redirectUri,
      }).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(encoded).toString('base64')}`,
      },
      origin: false,
    });
    expect(answer.status).toBe(200);
  });

  it('gets a state of 400 characters with =, + and / back byte for byte, and returns to the page in redirect style', async () => {
    const rocket = local({ loginStyle: 'redirect' });
    const browser = await browserOf('test_user').signIn();
    const page = `${LOCAL_ROOT}/channel/%D0%BE%D0%B1%D1%89%D0%B8%D0%B9?layout=embedded&msg=~~~???${'~?&'.repeat(80)}`;
    // The token inside is random, so is the length of the padding.
    for (const padded of [page, `${page}x`, `${page}xy`]) {
      const { state } = rocket.begin(padded);
      expect(state.length).toBeGreaterThan(400);
      expect(state).toMatch(/\+/);
      expect(state).toMatch(/\//);
      const { goOn } = await click(browser, rocket, padded);
      expect(goOn).toBe(padded);
    }
    expect([page, `${page}x`, `${page}xy`].some((one) => rocket.begin(one).state.endsWith('='))).toBe(true);
  });

  it('is refused when it sends the access token in the query', async () => {
    const browser = await browserOf('test_user').signIn();
    const wrong = local({ tokenSentVia: 'payload', identityTokenSentVia: 'default' });
    await expect(click(browser, wrong)).rejects.toThrow(/^Failed to fetch identity from besedka .* Bad Request$/);
  });

  it('is told plainly by the status when its secret is wrong', async () => {
    const browser = await browserOf('test_user').signIn();
    for (const tokenSentVia of ['header', 'payload'] as const) {
      await expect(click(browser, local({ secret: 'wrong', tokenSentVia }))).rejects.toThrow(
        /^Failed to complete OAuth handshake .* Unauthorized$/,
      );
    }
  });

  it('cannot sign in somebody without an address by the plain field, and can by a template', async () => {
    const { username } = await createUser(owner, { email: null });
    const browser = await browserOf(username, GOOD_PASSWORD).signIn();
    await expect(click(browser, local())).rejects.toThrow('CustomOAuth: Failed to extract email');
    const { identity } = await click(browser, local({ emailField: '{{username}}@chat.example.org' }));
    expect(identity.email).toBe(`${username}@chat.example.org`);
  });
});

describe('Rocket.Chat with the modern flow', () => {
  let rocket: ModernRocketChat;
  let credentials: { url: string; id: string; secret: string };
  beforeAll(async () => {
    rocket = await ModernRocketChat.start();
    const { clientId, secret } = await register(owner, {
      firstParty: true,
      scopes: ['read'],
      redirectUris: [rocket.redirectUri],
    });
    credentials = { url: app.config.http.publicUrl, id: clientId, secret: secret ?? '' };
  });
  beforeEach(() => rocket.configure(credentials));
  afterAll(() => rocket.stop());

  it.each(LOCAL_ACCOUNTS.map(({ username }) => username))('signs in %s, mail out of the list', async (username) => {
    const { identity, tokens } = await rocket.signIn(await browserOf(username).signIn());
    expect(identity).toMatchObject({ username, email: `${username}@besedka.local`, roles: expect.any(Array) });
    expect(tokens.results).toMatchObject({ expires_in: 3600 });
  });

  it('F18 F19 signs in a visitor on the way, without asking for consent', async () => {
    const browser = browserOf('test_user');
    expect((await rocket.signIn(browser)).identity.username).toBe('test_user');
    expect(browser.pages).toEqual(['/login']);
  });

  it('is refused when it sends the access token in the query', async () => {
    rocket.configure({ ...credentials, identityTokenSentVia: 'payload' });
    await expect(rocket.signIn(await browserOf('test_user').signIn())).rejects.toThrow(/identity: 400/);
  });
});

describe('what went wrong with Rocket.Chat before', () => {
  it('F17 the way there and back works with CSRF protection on, and the protection is on', async () => {
    const rocket = local();
    const browser = browserOf('test_user');
    const portal = browser.at(app.config.http.publicUrl);
    const foreign = { origin: LOCAL_ROOT };
    const login = { login: 'test_user', password: localPassword('test_user') };
    expect((await portal.post('/api/v1/auth/login', login, foreign)).status).toBe(403);
    // From the chat's site by a navigation, signing in on the way, and back.
    expect((await click(browser, rocket)).identity.username).toBe('test_user');
    expect(browser.pages).toEqual(['/login']);
    // Back in the portal, our own pages write, and the chat's site still cannot.
    expect((await portal.post('/api/v1/auth/logout', undefined, foreign)).status).toBe(403);
    expect((await portal.patch('/api/v1/users/me', { fullName: 'Чужой' }, foreign)).status).toBe(403);
    expect(await browser.isSignedIn()).toBe(true);
    expect((await portal.post('/api/v1/auth/logout')).status).toBeLessThan(300);
    expect(await browser.isSignedIn()).toBe(false);
    // And once more from there, with nothing left of the first time.
    expect((await click(browser, rocket)).identity.username).toBe('test_user');
  });

  it('F18 after signing in the request resumes by itself, with its state', async () => {
    const browser = browserOf('test_user');
    const { goOn } = await click(browser, local({ loginStyle: 'redirect' }), `${LOCAL_ROOT}/channel/general?a=b`);
    expect(goOn).toBe(`${LOCAL_ROOT}/channel/general?a=b`);
    expect(browser.pages).toEqual(['/login']);
  });

  it('F19 our own chat never shows a consent page, a third party shows it once', async () => {
    const browser = await browserOf('test_user').signIn();
    await click(browser, local());
    await click(browser, local());
    expect(browser.pages).toEqual([]);
    const { rocket } = await another({ firstParty: false });
    await click(browser, rocket);
    expect(browser.pages).toEqual(['/oauth/consent']);
    await click(browser, rocket);
    expect(browser.pages).toEqual(['/oauth/consent']);
  });

  it('F20 the secret that is shown works in Rocket.Chat, what is stored does not, and a second one takes over', async () => {
    const { rocket, id } = await another();
    const browser = await browserOf('test_user').signIn();
    const works = async (secret: string): Promise<boolean> => {
      const same = new LegacyRocketChat(rocket.rootUrl, { ...rocket.settings, secret });
      return click(browser, same).then(
        () => true,
        (error: Error) => {
          if (/handshake/.test(error.message)) return false;
          throw error;
        },
      );
    };
    const first = rocket.settings.secret;
    expect(await works(first)).toBe(true);
    const [stored] = await sql<{ id: string; hash: string }>(
      app,
      'SELECT id, hash FROM oauth_client_secrets WHERE client_id = $1',
      [id],
    );
    expect(stored?.hash).not.toContain(first);
    expect(await works(stored?.hash ?? '')).toBe(false);
    const added = await owner.post<OAuthClientWithSecret>(`/api/v1/oauth/clients/${id}/secrets`);
    const second = added.json.secret ?? '';
    expect([await works(first), await works(second)]).toEqual([true, true]);
    expect((await owner.delete(`/api/v1/oauth/clients/${id}/secrets/${stored?.id ?? ''}`)).status).toBeLessThan(300);
    expect([await works(first), await works(second)]).toEqual([false, true]);
  });
});

/** A secret that somebody chose, as old installations have them; ours make none with such characters. */
async function addSecret(clientId: string, secret: string): Promise<void> {
  const secrets = new ClientSecrets(app.config.auth.secret);
  await app
    .get(UnitOfWork)
    .run(systemContext('test'), (tx) => app.get(ClientAdminRepository).addSecret(tx, clientId, secrets.stored(secret)));
}
