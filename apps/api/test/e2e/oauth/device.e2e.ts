import { DEVICE_CODE_GRANT, type Session } from '@besedka/contracts';
import { createUser, GOOD_PASSWORD, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../../support/http-client.js';
import { bearer, postForm, register, type TestApplication, type Tokens } from '../../support/oauth/applications.js';
import { credentials, introspect, opens, refresh, refusedAs, untilLimited } from '../../support/oauth/attacks.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

interface Begun {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

let app: TestApp;
let http: HttpClient;
let owner: HttpClient;
let person: HttpClient;
let tool: TestApplication;

beforeAll(async () => {
  app = await createTestApp();
  http = app.http();
  owner = await signIn(app, 'owner');
  person = await signIn(app, 'test_user');
  tool = await registerTool('Консоль');
});
afterAll(() => closeTestApp(app));

const registerTool = (name: string): Promise<TestApplication> =>
  register(owner, {
    kind: 'public',
    name,
    grantTypes: [DEVICE_CODE_GRANT, 'refresh_token'],
    scopes: ['openid', 'profile', 'email'],
    redirectUris: [],
  });
const begin = async (scope = 'openid profile'): Promise<Begun> =>
  (await postForm<Begun & Record<string, unknown>>(http, '/o/device_authorization/', { scope, ...credentials(tool) }))
    .json;
const poll = (deviceCode: string, of = tool): Promise<HttpAnswer<Tokens & Record<string, unknown>>> =>
  postForm(http, '/o/token/', { grant_type: DEVICE_CODE_GRANT, device_code: deviceCode, ...credentials(of) });
/** As if the device had waited as it was told. */
const waited = () => sql(app, `UPDATE oauth_device_codes SET last_polled_at = last_polled_at - interval '1 minute'`);
const decide = (userCode: string, allow: boolean, by = person) => by.post('/api/v1/oauth/device', { userCode, allow });
const error = (code: string): [number, string] => [400, code];
const allowed = async (by = person): Promise<Tokens> => {
  const begun = await begin();
  expect((await decide(begun.user_code, true, by)).status).toBe(204);
  return (await poll(begun.device_code)).json;
};

describe('the device grant (RFC 8628)', () => {
  it('tells codes and addresses; what people type has no vowels and no look-alikes', async () => {
    const begun = await begin();
    expect(begun).toMatchObject({
      expires_in: 600,
      interval: 5,
      verification_uri: `${app.config.http.publicUrl}/device`,
    });
    expect(begun.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(begun.verification_uri_complete).toBe(`${begun.verification_uri}?user_code=${begun.user_code}`);
  });

  it('waits, is allowed, and gives tokens of the person once', async () => {
    const begun = await begin('openid profile email directory:read');
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('authorization_pending'));
    // As a person types it.
    const typed = ` ${begun.user_code.toLowerCase().replace('-', ' ')} `;
    const shown = await person.get(`/api/v1/oauth/device?userCode=${encodeURIComponent(typed)}`);
    expect(shown.json).toMatchObject({ client: { name: 'Консоль' }, scopes: ['openid', 'profile', 'email'] });
    expect((await decide(typed, true)).status).toBe(204);
    await waited();
    const tokens = (await poll(begun.device_code)).json;
    expect(tokens).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile email',
      id_token: expect.any(String),
    });
    expect((await http.get('/o/userinfo/', bearer(tokens.access_token))).json).toMatchObject({
      preferred_username: 'test_user',
    });
    expect((await refresh(http, tool, tokens.refresh_token)).status).toBe(200);
    await waited();
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('invalid_grant'));
    expect(await opens(http, tokens.access_token)).toBe(true);
  });

  it('gives tokens once to many polls at the same time', async () => {
    const begun = await begin();
    await decide(begun.user_code, true);
    const answers = await Promise.all(Array.from({ length: 10 }, () => poll(begun.device_code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200).map(({ json }) => json.error);
    expect(new Set(others).size).toBeGreaterThan(0);
    for (const code of others) expect(['slow_down', 'invalid_grant']).toContain(code);
  });

  it('asks a device that polls too often for five seconds more each time', async () => {
    const begun = await begin();
    const interval = async (): Promise<number | undefined> =>
      (
        await sql<{ s: number }>(
          app,
          'SELECT interval_seconds AS s FROM oauth_device_codes ORDER BY created_at DESC, id DESC LIMIT 1',
        )
      )[0]?.s;
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('authorization_pending'));
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('slow_down'));
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('slow_down'));
    expect(await interval()).toBe(15);
    await waited();
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('authorization_pending'));
  });

  it('tells the device that somebody refused, and forgets the user code', async () => {
    const begun = await begin();
    expect((await decide(begun.user_code, false)).status).toBe(204);
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('access_denied'));
    expect(refusal(await decide(begun.user_code, true))).toEqual([404, 'device_code_unknown']);
    await waited();
    expect(refusedAs(await poll(begun.device_code))).toEqual(error('access_denied'));
  });

  it('expires, allowed or not', async () => {
    const [waiting, forgotten] = [await begin(), await begin()];
    await decide(forgotten.user_code, true);
    await sql(app, `UPDATE oauth_device_codes SET expires_at = now() - interval '1 second'`);
    for (const { device_code: code } of [waiting, forgotten])
      expect(refusedAs(await poll(code))).toEqual(error('expired_token'));
    expect(refusal(await decide(waiting.user_code, true))).toEqual([404, 'device_code_unknown']);
  });

  it('belongs to the application that began it', async () => {
    const begun = await begin();
    await decide(begun.user_code, true);
    expect(refusedAs(await poll(begun.device_code, await registerTool('Чужая')))).toEqual(error('invalid_grant'));
    for (const code of ['', begun.user_code, begun.device_code.slice(1), 'x'.repeat(100_000)])
      expect(['invalid_grant', 'invalid_request']).toContain((await poll(code)).json.error);
    expect((await poll(begun.device_code)).status).toBe(200);
  });

  it('is allowed by somebody who is signed in, from our own page, one of them', async () => {
    const begun = await begin();
    expect((await decide(begun.user_code, true, http)).status).toBe(401);
    const foreign = await person.post(
      '/api/v1/oauth/device',
      { userCode: begun.user_code, allow: true },
      { origin: 'https://evil.example' },
    );
    expect(refusal(foreign)).toEqual([403, 'csrf_rejected']);
    const answers = await Promise.all([decide(begun.user_code, true), decide(begun.user_code, true, owner)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404]);
  });

  it('gives the device a session of its own, shown in the list, that ends its tokens when it is ended', async () => {
    const user = await createUser(owner);
    const browser = await signIn(app, user.username, GOOD_PASSWORD);
    const tokens = await allowed(browser);
    const list = async (): Promise<Session[]> =>
      (await browser.get<{ items: Session[] }>('/api/v1/auth/sessions')).json.items;
    const own = (await list()).find((session) => !session.current);
    expect([(await list()).length, JSON.stringify(own?.device)]).toEqual([2, expect.stringContaining('Консоль')]);
    // The browser that allowed it may sign out: the device stays.
    expect((await browser.post('/api/v1/auth/logout')).status).toBe(204);
    expect(await opens(http, tokens.access_token)).toBe(true);
    const again = await signIn(app, user.username, GOOD_PASSWORD);
    expect((await again.delete(`/api/v1/auth/sessions/${own?.id ?? ''}`)).status).toBe(204);
    expect(await opens(http, tokens.access_token)).toBe(false);
    expect((await introspect(http, await register(owner), tokens.access_token)).json).toEqual({ active: false });
    expect(refusedAs(await refresh(http, tool, tokens.refresh_token))).toEqual(error('invalid_grant'));
  });

  it('takes the device out of the list when its tokens are taken back, by the device or by the person', async () => {
    const user = await createUser(owner);
    const browser = await signIn(app, user.username, GOOD_PASSWORD);
    const others = async (): Promise<number> =>
      (await browser.get<{ items: Session[] }>('/api/v1/auth/sessions')).json.items.filter(({ current }) => !current)
        .length;
    const tokens = await allowed(browser);
    expect(await others()).toBe(1);
    await postForm(http, '/o/revoke_token/', { token: tokens.access_token, ...credentials(tool) });
    expect(await others()).toBe(0);
    // One that has fetched its tokens, and one that was allowed and has not.
    await allowed(browser);
    await decide((await begin()).user_code, true, browser);
    expect(await others()).toBe(2);
    expect((await browser.delete(`/api/v1/users/me/applications/${tool.id}`)).status).toBe(204);
    expect(await others()).toBe(0);
    // The person's own sign-in is none of them.
    expect((await browser.get('/api/v1/users/me')).status).toBe(200);
  });

  it('keeps the device in the list for as long as its tokens can be refreshed', async () => {
    const user = await createUser(owner);
    const browser = await signIn(app, user.username, GOOD_PASSWORD);
    const tokens = await allowed(browser);
    await sql(
      app,
      `UPDATE sessions SET expires_at = now() + interval '1 minute', last_seen_at = now() - interval '29 days'
       WHERE id IN (SELECT session_id FROM oauth_grants WHERE grant_type = 'device_code') AND user_id = $1`,
      [user.id],
    );
    expect((await refresh(http, tool, tokens.refresh_token)).status).toBe(200);
    const [row] = await sql<{ covered: boolean; fresh: boolean }>(
      app,
      `SELECT s.expires_at >= g.expires_at AS covered, s.last_seen_at > now() - interval '1 minute' AS fresh
       FROM oauth_grants g JOIN sessions s ON s.id = g.session_id WHERE g.user_id = $1`,
      [user.id],
    );
    expect(row).toEqual({ covered: true, fresh: true });
  });

  it('limits how many user codes one person may try', async () => {
    const user = await createUser(owner);
    const guesser = await signIn(app, user.username, GOOD_PASSWORD);
    const statuses = await untilLimited(20, (n) => {
      const userCode = `BCDFGHJ${'BCDFGHJKLMNPQRSTVWXZ'.charAt(n % 20)}`;
      return n % 2 === 0 ? decide(userCode, true, guesser) : guesser.get(`/api/v1/oauth/device?userCode=${userCode}`);
    });
    expect(new Set(statuses)).toEqual(new Set([404]));
    for (const bad of ['', 'AEIOUAEI', 'BCDF', 'BCDFGHJKL', 'ВСDFGHJK'])
      expect([400, 429]).toContain((await decide(bad, true)).status);
  });

  it('limits how many devices begin at one address', async () => {
    const limited = await createTestApp({ env: { RATE_GENERAL_PER_MINUTE: '1000' } });
    try {
      const here = await register(await signIn(limited, 'owner'), {
        kind: 'public',
        grantTypes: [DEVICE_CODE_GRANT],
        redirectUris: [],
      });
      const statuses = await untilLimited(60, () =>
        postForm(limited.http(), '/o/device_authorization/', credentials(here)),
      );
      expect([statuses.length >= 60, new Set(statuses)]).toEqual([true, new Set([200])]);
    } finally {
      await limited.close();
    }
  });

  it('keeps no user code that could be read in the database', async () => {
    const begun = await begin();
    const rows = JSON.stringify(await sql(app, 'SELECT * FROM oauth_device_codes'));
    for (const secret of [begun.user_code, begun.user_code.replace('-', ''), begun.device_code])
      expect(rows).not.toContain(secret);
  });
});
