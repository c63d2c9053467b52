import type { Me } from '@besedka/contracts';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

describe('signing in', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => closeTestApp(app));

  it.each([
    ['user name', 'owner'],
    ['user name in capitals', 'OWNER'],
    ['e-mail address', 'owner@besedka.local'],
    ['e-mail address in capitals', ' Owner@Besedka.Local '],
  ])('works by %s', async (_what, login) => {
    const http = app.http();
    const answer = await http.post('/api/v1/auth/login', { login, password: 'owner123secure' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ sessionId: expect.any(String), expiresIn: 300 });
    const me = await http.get<Me>('/api/v1/users/me');
    expect(me.status).toBe(200);
    expect(me.json).toMatchObject({
      username: 'owner',
      roles: ['owner'],
      level: 100,
      groups: ['user', 'admin', 'vip'],
    });
    expect(me.headers.get('etag')).toBe('"1"');
  });

  it('gives tokens in the body to integrators, and no cookies', async () => {
    const http = app.http();
    const answer = await http.post<Record<string, string>>('/api/v1/auth/login?tokens=body', {
      login: 'test_user',
      password: 'user123secure',
    });
    expect(answer.headers.getSetCookie()).toEqual([]);
    const { accessToken, refreshToken } = answer.json;
    const bearer = { headers: { authorization: `Bearer ${accessToken}` }, origin: false as const };
    expect((await http.get<Me>('/api/v1/users/me', bearer)).json.username).toBe('test_user');
    const next = await http.post<Record<string, string>>('/api/v1/auth/refresh?tokens=body', { refreshToken });
    expect(next.status).toBe(200);
    expect(next.json.refreshToken).not.toBe(refreshToken);
    expect(next.headers.getSetCookie()).toEqual([]);
  });

  it('ends the session at once', async () => {
    const http = app.http();
    await http.post('/api/v1/auth/login', { login: 'admin', password: 'admin123secure' });
    const cookie = http.cookieHeader('/api/v1/auth/refresh');
    expect((await http.post('/api/v1/auth/logout', {})).status).toBe(204);
    expect(http.cookieHeader('/api/v1/auth/refresh')).toBe('');
    expect((await http.get('/api/v1/users/me', { headers: { cookie } })).status).toBe(401);
    const refresh = await http.post('/api/v1/auth/refresh', {}, { headers: { cookie } });
    expect([refresh.status, refresh.json.code]).toEqual([401, 'session_ended']);
  });

  it('finds people in the directory, oneself left out', async () => {
    const http = app.http();
    await http.post('/api/v1/auth/login', { login: 'test_user', password: 'user123secure' });
    const all = await http.get<{ items: { username: string }[] }>('/api/v1/directory');
    expect(all.json.items.map((p) => p.username).sort()).toEqual(['admin', 'owner', 'store_admin', 'store_owner']);
    const found = await http.get<{ items: { username: string }[] }>('/api/v1/directory?q=ольга');
    expect(found.json.items.map((p) => p.username)).toEqual(['owner']);
  });
});
