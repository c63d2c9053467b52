import { SIGN_IN_ADDRESS } from '../../../src/modules/rocketchat-bridge/sign-in/addresses.js';
import { SignOuts } from '../../../src/modules/rocketchat-bridge/sign-in/sign-outs.service.js';
import { createUser, delivered, GOOD_PASSWORD, ifMatch, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import {
  askForToken,
  type ChatPortal,
  linkAccounts,
  ownerOf,
  startChatPortal,
} from '../../support/rocketchat/portal.js';

const EMBED = '/api/v1/rocketchat/embed';

/** A token for the person of this browser. */
async function tokenFor(portal: ChatPortal, browser: HttpClient): Promise<string> {
  const answer = await askForToken(portal, browser);
  if (answer.json.loginToken === undefined) throw new Error(`no token: ${answer.text}`);
  return answer.json.loginToken;
}

/** The session of this browser. */
async function sessionOf(browser: HttpClient): Promise<string> {
  const { items } = (await browser.get<{ items: { id: string; current: boolean }[] }>('/api/v1/auth/sessions')).json;
  return items.find(({ current }) => current)?.id ?? '';
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('signing in to Rocket.Chat by token', () => {
  let portal: ChatPortal;
  beforeAll(async () => {
    portal = await startChatPortal();
    await linkAccounts(portal, 'test_user', 'store_admin', 'store_owner');
  });
  afterAll(() => portal.close());
  afterEach(() => {
    portal.server.faults.clear();
    portal.server.set('API_Enable_Rate_Limiter', true);
  });

  it.each(['/chat/api/auth/', '/chat/api/auth', '/api/chat/auth/', '/api/chat/auth'])(
    'F10 %s answers the page of Rocket.Chat for the session of the cookie',
    async (path) => {
      const browser = await signIn(portal.app, 'test_user');
      const answer = await askForToken(portal, browser, { path });
      expect([answer.status, ownerOf(portal, answer.json.loginToken ?? '')]).toEqual([200, 'test_user']);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': portal.server.url,
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
        'cache-control': 'no-store',
      });
    },
  );

  it('takes the request as older and newer releases send it: JSON without a body, and no type at all', async () => {
    const browser = await signIn(portal.app, 'test_user');
    for (const headers of [{ 'content-type': 'application/json' }, undefined]) {
      expect((await askForToken(portal, browser, { ...(headers && { headers }) })).status).toBe(200);
    }
    expect((await askForToken(portal, browser, { json: { any: 'thing' } })).status).toBe(200);
  });

  it('answers the preflight of that page: POST with a content type, and with credentials', async () => {
    const answer = await portal.app.http().request('OPTIONS', '/chat/api/auth/', {
      origin: portal.server.url,
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': portal.server.url,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
    });
  });

  it.each([
    ['a foreign origin', 'https://evil.example'],
    ['a null origin', 'null'],
    ['no Origin header', false],
    ['the portal itself', 'own'],
    ['the origin with a slash', 'slash'],
    ['the origin as a prefix', 'prefix'],
  ])('refuses %s without a byte, and no browser may read it', async (_name, origin) => {
    const browser = await signIn(portal.app, 'test_user');
    const { url } = portal.server;
    const named = { own: portal.app.url, slash: `${url}/`, prefix: `${url}.evil.example` };
    const sent = typeof origin === 'string' ? (named[origin as 'own'] ?? origin) : false;
    for (const method of ['POST', 'OPTIONS']) {
      const answer = await browser.request(method, '/chat/api/auth/', { origin: sent });
      expect([method, answer.status, answer.text]).toEqual([method, 403, '']);
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  it('refuses an address that is only written differently from a foreign origin', async () => {
    const browser = await signIn(portal.app, 'test_user');
    const answer = await browser.post('/%63hat/api/auth', undefined, { origin: 'https://evil.example' });
    expect([answer.status, answer.text]).toEqual([403, '']);
  });

  it.each(['GET', 'PUT', 'DELETE'])('refuses the method %s', async (method) => {
    const browser = await signIn(portal.app, 'test_user');
    for (const path of ['/chat/api/auth', '/chat/api/auth/']) {
      const answer = await browser.request(method, path, { origin: portal.server.url });
      expect([path, answer.status]).toEqual([path, 405]);
      expect(answer.text).not.toContain('loginToken');
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx'])(
    'refuses the content type %s',
    async (type) => {
      const browser = await signIn(portal.app, 'test_user');
      const answer = await askForToken(portal, browser, { headers: { 'content-type': type }, body: 'a=b' });
      expect([answer.status, answer.json.code]).toEqual([415, 'unsupported_media_type']);
    },
  );

  it('without a session it is 401, so that Rocket.Chat shows our sign-in page; a bearer token is no session', async () => {
    const stranger = await askForToken(portal, portal.app.http());
    expect([stranger.status, stranger.json.code]).toEqual([401, 'unauthenticated']);
    expect(stranger.headers.get('access-control-allow-origin')).toBe(portal.server.url);
    const login = await portal.app.http().post<{ accessToken: string }>('/api/v1/auth/login?tokens=body', {
      login: 'test_user',
      password: 'user123secure',
    });
    const bearer = await askForToken(portal, portal.app.http(), {
      headers: { authorization: `Bearer ${login.json.accessToken}` },
    });
    expect(bearer.status).toBe(401);
  });

  it('one token per session: asked twice it is the same, another session has another', async () => {
    const [desk, phone] = [await signIn(portal.app, 'store_admin'), await signIn(portal.app, 'store_admin')];
    const first = await tokenFor(portal, desk);
    expect(await tokenFor(portal, desk)).toBe(first);
    expect(await tokenFor(portal, phone)).not.toBe(first);
  });

  it('many windows at once get one token', async () => {
    const browser = await signIn(portal.app, 'store_admin');
    const tokens = await Promise.all(Array.from({ length: 6 }, () => tokenFor(portal, browser)));
    expect(new Set(tokens).size).toBe(1);
  });

  it('a token that died there is noticed when the page asks again, and replaced', async () => {
    const browser = await signIn(portal.app, 'store_admin');
    const dead = await tokenFor(portal, browser);
    const account = [...portal.server.state.users.values()].find(({ username }) => username === 'store_admin');
    account!.services.resume.loginTokens = [];
    const next = await tokenFor(portal, browser);
    expect(next).not.toBe(dead);
    expect(ownerOf(portal, next)).toBe('store_admin');
  });

  const accountOf = (username: string) =>
    [...portal.server.state.users.values()].find((one) => one.username === username)!;
  const made = () => portal.server.calls.filter(({ path }) => path.endsWith('/users.createToken')).length;

  it('a page that can use none of its tokens and asks at each refusal gets a few, and then is told to wait', async () => {
    const browser = await signIn(portal.app, 'store_admin');
    const other = await signIn(portal.app, 'store_admin');
    portal.server.set('API_Enable_Rate_Limiter', false);
    portal.server.calls.length = 0;
    const answers = [];
    for (let times = 0; times < 10; times += 1) {
      answers.push(await askForToken(portal, browser));
      accountOf('store_admin').services.resume.loginTokens = [];
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(5).fill(200), ...Array<number>(5).fill(429)]);
    expect(made()).toBe(5);
    const refused = answers.at(-1)!;
    expect([refused.json.code, refused.json.loginToken]).toEqual(['rate_limited', undefined]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(20);
    // Another device of theirs is another session.
    expect((await askForToken(portal, other)).status).toBe(200);
    // Nothing is left of dead tokens but that they were there; and some seconds later it goes on.
    const kept = await sql<{ length: number }>(
      portal.app,
      `SELECT length(token) AS length FROM rocketchat_sign_ins WHERE session_id = $1`,
      [await sessionOf(browser)],
    );
    expect(kept.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0]);
    await sql(portal.app, `UPDATE rocketchat_sign_ins SET created_at = created_at - interval '20 seconds'`);
    expect(ownerOf(portal, await tokenFor(portal, browser))).toBe('store_admin');
  });

  it('signing out with dead tokens behind ends the living one, and asks nothing about the others', async () => {
    const browser = await signIn(portal.app, 'store_owner');
    portal.server.set('API_Enable_Rate_Limiter', false);
    const dead = await tokenFor(portal, browser);
    accountOf('store_owner').services.resume.loginTokens = [];
    const living = await tokenFor(portal, browser);
    expect(living).not.toBe(dead);
    await delivered(portal.app);
    portal.server.calls.length = 0;
    await browser.post('/api/v1/auth/logout');
    await delivered(portal.app);
    expect(ownerOf(portal, living)).toBeNull();
    expect(portal.server.calls.filter(({ path }) => path === '/api/v1/logout')).toHaveLength(1);
  });

  it.each([
    ['when its token says so', 0],
    ['when people have asked too often and the admin is asked', 1],
  ])(
    'an account that was switched off there by hand is switched on before a token is made: %s',
    async (_name, limits) => {
      const browser = await signIn(portal.app, 'store_owner');
      portal.server.set('API_Enable_Rate_Limiter', false);
      if (limits > 0) portal.server.faults.order({ name: 'rate-limit', route: 'me' });
      await tokenFor(portal, browser);
      Object.assign(accountOf('store_owner'), { active: false });
      accountOf('store_owner').services.resume.loginTokens = [];
      portal.server.calls.length = 0;
      const token = await tokenFor(portal, browser);
      expect([ownerOf(portal, token), accountOf('store_owner').active, made()]).toEqual(['store_owner', true, 1]);
    },
  );

  it('for one that cannot be switched on no token is made at all', async () => {
    await createUser(await signIn(portal.app, 'owner'), { username: 'temp_asleep' });
    await linkAccounts(portal, 'temp_asleep');
    await delivered(portal.app);
    const account = accountOf('temp_asleep');
    account.active = false;
    const browser = await signIn(portal.app, 'temp_asleep');
    portal.server.faults.order({ name: 'missing-permission', permission: 'edit-other-user-active-status' });
    portal.server.calls.length = 0;
    for (let times = 0; times < 3; times += 1) {
      const answer = await askForToken(portal, browser);
      expect([answer.status, answer.json.code]).toEqual([503, 'rocketchat_account_waiting']);
    }
    expect([made(), account.services.resume.loginTokens]).toEqual([0, []]);
    portal.server.faults.clear();
    expect(ownerOf(portal, await tokenFor(portal, browser))).toBe('temp_asleep');
  });

  it('is renewed before it expires; the one before goes with the session as well', async () => {
    const browser = await signIn(portal.app, 'store_owner');
    const old = await tokenFor(portal, browser);
    await sql(
      portal.app,
      `UPDATE rocketchat_sign_ins SET created_at = created_at - interval '61 days', given_at = given_at - interval '1 day',
         expires_at = expires_at - interval '61 days'
       WHERE user_id = (SELECT id FROM users WHERE username = 'store_owner')`,
    );
    const renewed = await tokenFor(portal, browser);
    expect(renewed).not.toBe(old);
    expect(ownerOf(portal, old)).toBe('store_owner');
    await browser.post('/api/v1/auth/logout');
    await delivered(portal.app);
    expect([ownerOf(portal, old), ownerOf(portal, renewed)]).toEqual([null, null]);
  });

  it('lies in the database sealed, and stands in no log', async () => {
    const browser = await signIn(portal.app, 'test_user');
    const token = await tokenFor(portal, browser);
    const rows = await sql<{ token: Buffer }>(portal.app, 'SELECT token FROM rocketchat_sign_ins');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.token.toString('latin1')).not.toContain(token);
    expect(JSON.stringify(portal.app.logs)).not.toContain(token);
  });

  it('an account that is not there yet is made at once', async () => {
    const owner = await signIn(portal.app, 'owner');
    await createUser(owner, { username: 'temp_newcomer' });
    const answer = await askForToken(portal, await signIn(portal.app, 'temp_newcomer'));
    expect(ownerOf(portal, answer.json.loginToken ?? '')).toBe('temp_newcomer');
  });

  it('says by name why there is no token: no account yet, a conflict, a server that is away, a wrong secret', async () => {
    portal.server.faults.order({ name: 'outage' });
    await createUser(await signIn(portal.app, 'owner'), { username: 'temp_waiting' });
    const waiting = await askForToken(portal, await signIn(portal.app, 'temp_waiting'));
    expect([waiting.status, waiting.json.code]).toEqual([503, 'rocketchat_account_waiting']);
    portal.server.faults.clear();
    await sql(
      portal.app,
      `UPDATE rocketchat_links SET state = 'conflict' WHERE user_id = (SELECT id FROM users WHERE username = 'owner')`,
    );
    const conflict = await askForToken(portal, await signIn(portal.app, 'owner'));
    expect([conflict.status, conflict.json.code]).toEqual([409, 'rocketchat_account_conflict']);
    portal.server.faults.order({ name: 'wrong-token-secret' });
    const wrong = await askForToken(portal, await signIn(portal.app, 'test_user'));
    expect([wrong.status, wrong.json.code]).toEqual([503, 'rocketchat_unavailable']);
    portal.server.faults.clear();
    portal.server.faults.order({ name: 'outage' });
    const away = await askForToken(portal, await signIn(portal.app, 'test_user'));
    expect([away.status, away.json.code]).toEqual([503, 'rocketchat_unavailable']);
  });

  describe('ends with the session', () => {
    let owner: HttpClient;
    beforeAll(async () => {
      owner = await signIn(portal.app, 'owner');
    });
    /** Somebody of their own with two sessions and two tokens. */
    async function somebody(username: string) {
      const user = await createUser(owner, { username });
      await linkAccounts(portal, username);
      const [desk, phone] = [await signIn(portal.app, username), await signIn(portal.app, username)];
      return { user, desk, phone, tokens: [await tokenFor(portal, desk), await tokenFor(portal, phone)] as const };
    }
    const owners = async (tokens: readonly string[]): Promise<(string | null)[]> => {
      await delivered(portal.app);
      return tokens.map((token) => ownerOf(portal, token));
    };

    it('signing out ends exactly that token', async () => {
      const { desk, tokens } = await somebody('temp_out');
      await desk.post('/api/v1/auth/logout');
      expect(await owners(tokens)).toEqual([null, 'temp_out']);
    });

    it('ending one session from another device ends its token', async () => {
      const { desk, phone, tokens } = await somebody('temp_devices');
      const { items } = (await phone.get<{ items: { id: string; current: boolean }[] }>('/api/v1/auth/sessions')).json;
      await phone.delete(`/api/v1/auth/sessions/${items.find(({ current }) => !current)?.id ?? ''}`);
      expect(await owners(tokens)).toEqual([null, 'temp_devices']);
      expect((await askForToken(portal, desk)).status).toBe(401);
    });

    it('a new password ends all of them, also that of the session in which it was changed', async () => {
      const { desk, tokens } = await somebody('temp_password');
      const answer = await desk.post('/api/v1/auth/password', {
        currentPassword: GOOD_PASSWORD,
        newPassword: 'шумное утро 7024',
      });
      expect(answer.status).toBe(204);
      expect(await owners(tokens)).toEqual([null, null]);
      expect(ownerOf(portal, await tokenFor(portal, desk))).toBe('temp_password');
    });

    it('disabling somebody ends all of them', async () => {
      const { user, desk, tokens } = await somebody('temp_disabled');
      const answer = await owner.patch(`/api/v1/users/${user.id}`, { status: 'disabled' }, ifMatch(user.version));
      expect(answer.status).toBe(200);
      expect(await owners(tokens)).toEqual([null, null]);
      expect((await askForToken(portal, desk)).status).toBe(401);
    });

    it('a session that merely expired is noticed', async () => {
      const { user, tokens } = await somebody('temp_expired');
      await sql(portal.app, `UPDATE sessions SET expires_at = now() - interval '1 day' WHERE user_id = $1`, [user.id]);
      await portal.app.get(SignOuts).tidy();
      expect(await owners(tokens)).toEqual([null, null]);
    });

    it('an outage loses nothing: it follows when the server is back', async () => {
      const { desk, tokens } = await somebody('temp_outage');
      portal.server.calls.length = 0;
      portal.server.faults.order({ name: 'connection-reset' });
      await desk.post('/api/v1/auth/logout');
      await until(() => portal.server.calls.some(({ path }) => path.endsWith('/logout')));
      expect(tokens.map((token) => ownerOf(portal, token))).toEqual(['temp_outage', 'temp_outage']);
      portal.server.faults.clear();
      await until(() => ownerOf(portal, tokens[0]) === null);
      expect(ownerOf(portal, tokens[1])).toBe('temp_outage');
    });

    it('a session that ends while its token is being made gets none, and none is left there', async () => {
      const { user, desk } = await somebody('temp_race');
      await sql(portal.app, 'DELETE FROM rocketchat_sign_ins WHERE user_id = $1', [user.id]);
      const account = [...portal.server.state.users.values()].find(({ username }) => username === 'temp_race')!;
      account.services.resume.loginTokens = [];
      portal.server.faults.order({ name: 'latency', ms: 1_000, route: 'users.createToken' });
      const asking = askForToken(portal, desk);
      await until(() => portal.server.calls.some(({ path, status }) => path.endsWith('createToken') && status === 0));
      await sql(portal.app, `UPDATE sessions SET ended_at = now() WHERE user_id = $1`, [user.id]);
      expect((await asking).status).toBe(401);
      expect(account.services.resume.loginTokens).toEqual([]);
    });
  });

  it('the sign-in page of the frame: silent with an expired access token, our sign-in page without a session', async () => {
    const browser = await signIn(portal.app, 'test_user');
    browser.setCookie('besedka_access', 'expired');
    const renewed = await browser.get(SIGN_IN_ADDRESS);
    expect([renewed.status, renewed.headers.get('location')]).toEqual([302, '/chat/api/auth/frame/']);
    const page = await browser.get('/chat/api/auth/frame/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('try-iframe-login');
    expect(page.text).toContain(`data-chat="${portal.server.url}"`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'sha256-[^ ;]+';/);
    expect(policy).toContain(`frame-ancestors 'self' ${portal.server.url}`);
    expect((await askForToken(portal, browser)).status).toBe(200);

    const stranger = await portal.app.http().get('/chat/api/auth/frame/');
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      302,
      `/login?next=${encodeURIComponent(SIGN_IN_ADDRESS)}`,
    ]);
  });

  it('tells the chat view how to open the frame', async () => {
    const browser = await signIn(portal.app, 'test_user');
    const { url } = portal.server;
    expect((await browser.get(EMBED)).json).toEqual({
      url,
      origin: url,
      mode: 'iframe-token',
      service: 'besedka',
      sameSite: true,
      account: 'ready',
      clean: true,
    });
    expect((await portal.app.http().get(EMBED)).status).toBe(401);
  });
});
