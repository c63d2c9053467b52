import type { SessionList } from './types.js';
import { AppConfig } from '../../../src/config/app-config.js';
import { DomainEvents } from '../../../src/common/events/domain-events.js';
import { createUser, refusal, signIn, sql } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

const REFRESH = '/api/v1/auth/refresh';

describe('refreshing', () => {
  let app: TestApp;
  let cookieName: string;
  beforeAll(async () => {
    app = await createTestApp();
    cookieName = app.get(AppConfig).auth.cookies.refresh;
  });
  afterAll(() => closeTestApp(app));

  /** A refresh with this very token, whatever the browser's cookies are by now. */
  const refreshWith = (http: HttpClient, token: string | undefined) =>
    http.post<{ refreshToken: string; sessionId: string }>(`${REFRESH}?tokens=body`, { refreshToken: token });

  it('50 at once, many rounds over, sign nobody out and all get the same successor', async () => {
    const http = await signIn(app, 'owner');
    let token = http.cookie(cookieName);
    for (let round = 0; round < 12; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => refreshWith(http, token)));
      expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200));
      const successors = new Set(answers.map((answer) => answer.json.refreshToken));
      expect(successors.size).toBe(1);
      [token] = successors;
    }
    expect((await http.get('/api/v1/users/me')).status).toBe(200);
  }, 120_000);

  it('gives browsers the successor as a cookie that only the auth routes get', async () => {
    const http = await signIn(app, 'test_user');
    const before = http.cookie(cookieName);
    const answer = await http.post(REFRESH, {});
    expect(answer.status).toBe(200);
    expect(http.cookie(cookieName)).not.toBe(before);
    const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(cookieName)) ?? '';
    expect(line).toMatch(/Path=\/api\/v1\/auth; HttpOnly; SameSite=Lax/);
    expect(http.cookieHeader('/api/v1/users/me')).not.toContain(cookieName);
  });

  it('never shows a script what came as a cookie', async () => {
    const http = await signIn(app, 'test_user');
    const answer = await http.post(`${REFRESH}?tokens=body`, {});
    expect(answer.json).toEqual({ sessionId: expect.any(String), expiresIn: 300 });
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  });

  it('a used token inside the window gives the same successor; after it, the whole family ends', async () => {
    const http = await signIn(app, 'test_user');
    const used = http.cookie(cookieName);
    const first = await refreshWith(http, used);
    expect((await refreshWith(http, used)).json.refreshToken).toBe(first.json.refreshToken);

    const ended: unknown[] = [];
    const stop = app.get(DomainEvents).on('auth.sessions-ended', (event) => void ended.push(event));
    await sql(app, `UPDATE sessions SET rotated_at = now() - interval '31 seconds' WHERE id = $1`, [
      first.json.sessionId,
    ]);
    expect(refusal(await http.post(REFRESH, { refreshToken: used }))).toEqual([401, 'session_ended']);
    stop();
    expect(ended).toEqual([{ userId: expect.any(String), sessionIds: [first.json.sessionId], reason: 'replayed' }]);
    // The successor and the access token of whoever held it are worthless too.
    expect((await refreshWith(http, first.json.refreshToken)).status).toBe(401);
    expect((await http.get('/api/v1/users/me')).status).toBe(401);
    const [row] = await sql<{ reason: string }>(app, 'SELECT end_reason AS reason FROM sessions WHERE id = $1', [
      first.json.sessionId,
    ]);
    expect(row?.reason).toBe('replayed');
  });

  it('a token two generations old ends the family at once', async () => {
    const http = await signIn(app, 'test_user');
    const oldest = http.cookie(cookieName);
    const second = await refreshWith(http, oldest);
    const third = await refreshWith(http, second.json.refreshToken);
    expect(third.status).toBe(200);
    expect((await refreshWith(http, oldest)).status).toBe(401);
    expect((await refreshWith(http, third.json.refreshToken)).status).toBe(401);
  });

  it.each([
    ['nothing', undefined],
    ['rubbish', 'rubbish'],
    ['a forged signature', `${'A'.repeat(69)}E`],
  ])('refuses %s', async (_what, refreshToken) => {
    expect(refusal(await app.http().post(REFRESH, { refreshToken }))).toEqual([401, 'session_ended']);
  });

  it('takes no cookies away where none came: those of a sign-in may be on their way', async () => {
    const late = await app.http().post(REFRESH, {});
    expect(refusal(late)).toEqual([401, 'session_ended']);
    expect(late.headers.getSetCookie()).toEqual([]);
  });

  it('takes the cookies away when the session is over', async () => {
    const http = await signIn(app, 'test_user');
    await sql(app, 'UPDATE sessions SET expires_at = now()');
    expect((await http.post(REFRESH, {})).status).toBe(401);
    expect(http.cookie(cookieName)).toBeUndefined();
  });

  it('stops when the account is disabled', async () => {
    const admin = await signIn(app, 'admin');
    const user = await createUser(admin);
    const http = await signIn(app, user.username);
    await sql(app, `UPDATE users SET status = 'disabled' WHERE id = $1`, [user.id]);
    expect((await http.post(REFRESH, {})).status).toBe(401);
    expect((await http.get('/api/v1/users/me')).status).toBe(401);
  });
});

describe('sessions', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  it('are listed with device and address; one, or all others, can be ended', async () => {
    const user = await createUser(await signIn(app, 'owner'));
    const first = await signIn(app, user.username);
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const second = app.http();
    const body = { login: user.username, password: 'тихий вечер 4207' };
    await second.post('/api/v1/auth/login', body, { headers: { 'user-agent': agent } });
    const third = await signIn(app, user.username);

    const { items } = (await first.get<SessionList>('/api/v1/auth/sessions')).json;
    expect(items).toHaveLength(3);
    expect(items.filter((session) => session.current)).toHaveLength(1);
    const firefox = items.find((session) => session.device === 'Firefox on Linux');
    expect(firefox).toMatchObject({ current: false, address: '127.0.0.1' });

    expect((await first.delete(`/api/v1/auth/sessions/${firefox?.id}`)).status).toBe(204);
    expect((await second.get('/api/v1/users/me')).status).toBe(401);
    expect((await third.get('/api/v1/users/me')).status).toBe(200);
    expect((await first.delete(`/api/v1/auth/sessions/${firefox?.id}`)).status).toBe(404);

    expect((await first.delete('/api/v1/auth/sessions')).status).toBe(204);
    expect((await third.get('/api/v1/users/me')).status).toBe(401);
    expect((await first.get('/api/v1/users/me')).status).toBe(200);
  });

  it('of somebody else are not found', async () => {
    const owner = await signIn(app, 'owner');
    const other = (await owner.get<SessionList>('/api/v1/auth/sessions')).json.items[0];
    const http = await signIn(app, 'test_user');
    expect(refusal(await http.delete(`/api/v1/auth/sessions/${other?.id}`))).toEqual([404, 'not_found']);
    expect((await owner.get('/api/v1/users/me')).status).toBe(200);
  });
});
