import { sha256Hex } from '../index.js';
import { ADMIN, scene, type Scene } from './support.js';

describe('POST login', () => {
  let it_: Scene;
  beforeEach(async () => {
    it_ = await scene();
  });
  afterEach(() => it_.double.close());

  const credentials = { user: ADMIN.username, password: ADMIN.password };

  it('200 with status, data{userId, authToken, me}; the token works until logout', async () => {
    const { anybody } = it_;
    const { status, body } = await anybody.post('login', credentials);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      status: 'success',
      data: { me: { username: ADMIN.username, roles: ['admin'] } },
    });
    expect(JSON.stringify(body)).not.toContain(sha256Hex(ADMIN.password));
    const own = anybody.as(body.data);
    expect(await own.get('me')).toMatchObject({ status: 200, body: { _id: body.data.userId, success: true } });
    expect(await own.post('logout')).toMatchObject({ status: 200, body: { status: 'success' } });
    expect((await own.get('me')).status).toBe(401);
  });

  it.each([
    { username: ADMIN.username, password: ADMIN.password },
    { email: `${ADMIN.username}@example.org`, password: ADMIN.password },
    { user: ADMIN.username, password: { digest: sha256Hex(ADMIN.password), algorithm: 'sha-256' } },
  ])('takes %j', async (body) => {
    expect((await it_.anybody.post('login', body)).status).toBe(200);
  });

  it('resumes a session, and does not make another', async () => {
    const { anybody, double } = it_;
    const { authToken } = double.make.session(ADMIN.username);
    const { body } = await anybody.post('login', { resume: authToken });
    expect(body.data.authToken).toBe(authToken);
  });

  it.each([
    ['8.9', { success: false, status: 'error', error: 'Unauthorized', message: 'Unauthorized' }],
    ['7.x', { status: 'error', error: 'Unauthorized', message: 'Unauthorized' }],
    ['9.0', { success: false, error: 'unauthorized' }],
  ] as const)('401 for a wrong password and for an unknown user, as %s says it', async (profile, expected) => {
    const other = await scene({ profile });
    for (const body of [
      { ...credentials, password: 'no' },
      { user: 'nobody', password: 'no' },
    ]) {
      expect(await other.anybody.post('login', body)).toMatchObject({ status: 401, body: expected });
    }
    await other.double.close();
  });

  it('lock-out after 10: the right password does not help for five minutes', async () => {
    const { anybody, double } = it_;
    double.set('API_Enable_Rate_Limiter', false);
    for (let tries = 0; tries < 10; tries += 1) await anybody.post('login', { ...credentials, password: 'no' });
    expect(await anybody.post('login', credentials)).toMatchObject({
      status: 401,
      body: { error: 'error-login-blocked-for-user' },
    });
    double.clock.advance(5 * 60_000 + 1);
    expect((await anybody.post('login', credentials)).status).toBe(200);
  });

  it('totp-required for an account with an authenticator, then its code', async () => {
    const { anybody, double } = it_;
    const user = [...double.state.users.values()].find(({ username }) => username === ADMIN.username)!;
    user.services.totp = { enabled: true, code: '123456' };
    expect(await anybody.post('login', credentials)).toMatchObject({
      status: 401,
      body: { error: 'totp-required', details: { method: 'totp', availableMethods: ['totp'] } },
    });
    expect((await anybody.post('login', { ...credentials, code: '123456' })).status).toBe(200);
  });

  it('a switched-off account is told so', async () => {
    const { anybody, double } = it_;
    double.make.user('alice', { active: false });
    const { status, body } = await anybody.post('login', { user: 'alice', password: 'alice-password' });
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'error-user-is-not-activated' });
  });

  it('a session ends after Accounts_LoginExpiration days; an account keeps 50', async () => {
    const { anybody, double } = it_;
    const first = double.make.session(ADMIN.username);
    for (let more = 0; more < 50; more += 1) double.make.session(ADMIN.username);
    expect((await anybody.as(first).get('me')).status).toBe(401);
    const last = double.make.session(ADMIN.username);
    expect((await anybody.as(last).get('me')).status).toBe(200);
    double.clock.advance(91 * 86_400_000);
    expect((await anybody.as(last).get('me')).status).toBe(401);
  });
});

describe('Auth', () => {
  it('401 without X-Auth-Token and X-User-Id, or with those of somebody else', async () => {
    const { anybody, double } = await scene();
    const expected = { status: 401, body: { status: 'error', message: 'You must be logged in to do this.' } };
    expect(await anybody.get('me')).toMatchObject(expected);
    const { userId } = double.make.session(ADMIN.username);
    double.make.user('alice');
    const { authToken } = double.make.session('alice');
    expect(await anybody.as({ userId, authToken }).get('me')).toMatchObject(expected);
    await double.close();
  });

  it.each([
    ['8.9', { success: false, error: expect.stringContaining('[error-unauthorized]') }],
    ['9.0', { success: false, errorType: 'error-forbidden' }],
  ] as const)('403 without permission, as %s says it', async (profile, expected) => {
    const { user, double } = await scene({ profile });
    expect(await user('alice').get('settings/Site_Url')).toMatchObject({ status: 403, body: expected });
    await double.close();
  });
});
