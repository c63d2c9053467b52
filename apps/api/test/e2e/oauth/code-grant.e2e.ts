import { ROCKETCHAT } from '../../support/oauth/rocketchat.js';
import { signIn } from '../../support/accounts/accounts.js';
import { authorizePath, bearer, exchange, locationOf, told } from '../../support/oauth/applications.js';
import { closeTestApp, createTestApp, type TestApp } from '../../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => closeTestApp(app));

describe('the code grant', () => {
  it('leads the local Rocket.Chat client from a live session to an identity without a page (F08, F19)', async () => {
    const person = await signIn(app, 'owner');
    const answer = await person.get(authorizePath(ROCKETCHAT, { scope: 'read', state: 'ab+/=%2B' }));
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')?.startsWith('http://127.0.0.1:3000/_oauth/besedka?code=')).toBe(true);
    expect(told(answer)).toMatchObject({ state: 'ab+/=%2B', iss: app.config.http.publicUrl });
    const tokens = await exchange(app.http(), ROCKETCHAT, told(answer).code ?? '', null);
    expect([tokens.status, tokens.json]).toMatchObject([
      200,
      { token_type: 'Bearer', expires_in: 3600, scope: 'read' },
    ]);
    const identity = await app.http().get('/api/v1/auth/rocket/', bearer(tokens.json.access_token));
    const me = (await person.get<{ id: string }>('/api/v1/users/me')).json;
    expect(identity.json).toEqual({
      id: me.id,
      sub: me.id,
      username: 'owner',
      email: 'owner@besedka.local',
      name: 'Ольга Владимирова',
      full_name: 'Ольга Владимирова',
      avatar_url: null,
      roles: ['admin', 'user', 'vip'],
      groups: ['user', 'admin', 'vip'],
      emails: [{ value: 'owner@besedka.local', address: 'owner@besedka.local', verified: false }],
    });
  });

  it('sends a visitor to the sign-in page, which leads back to the very request (F18)', async () => {
    const http = app.http();
    const path = authorizePath(ROCKETCHAT, { scope: 'read', state: 's' });
    const toLogin = locationOf(await http.get(path));
    expect(toLogin.pathname).toBe('/login');
    const next = toLogin.searchParams.get('next') ?? '';
    expect(next.startsWith(path)).toBe(true);
    await http.post('/api/v1/auth/login', { login: 'test_user', password: 'user123secure' });
    expect(told(await http.get(next))).toMatchObject({ state: 's', code: expect.any(String) });
  });
});
