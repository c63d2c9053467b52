import { sha256Hex } from '../index.js';
import { ADMIN, refused, scene, SECOND_FACTOR, type Rest, type Scene } from './support.js';

describe('2FA gate', () => {
  let there: Scene;
  let plain: Rest;
  beforeEach(async () => {
    there = await scene();
    plain = there.anybody.as(there.double.make.session(ADMIN.username));
  });
  afterEach(() => there.double.close());

  it.each([
    ['settings/Site_Name', { value: 'x' }],
    ['settings', { settings: [{ _id: 'Site_Name', value: 'x' }] }],
    ['settings.addCustomOAuth', { name: 'besedka' }],
    ['settings.refreshOAuthServices', {}],
    ['users.update', { userId: 'rocket.cat', data: { name: 'x' } }],
    ['users.generatePersonalAccessToken', { tokenName: 'x' }],
  ])('%s: 400 totp-required with details', async (path, body) => {
    expect(await plain.post(path, body)).toMatchObject({
      status: 400,
      body: {
        ...(refused('totp-required') as object),
        details: { method: 'password', codeGenerated: false, availableMethods: ['password'] },
      },
    });
    expect(there.double.writes).toEqual([]);
  });

  it('not on users.create, roles, rooms', async () => {
    const user = { username: 'alice', name: 'Alice', email: 'alice@example.org', password: 'pw' };
    expect((await plain.post('users.create', user)).status).toBe(200);
    expect((await plain.post('channels.create', { name: 'news' })).status).toBe(200);
  });

  it('accepts x-2fa-method=password + lower-case sha256 hex; anything else is totp-invalid', async () => {
    const body = { value: 'x' };
    const send = (code: string) =>
      plain.with({ ...SECOND_FACTOR, 'x-2fa-code': code }).post('settings/Site_Name', body);
    expect((await send('no')).body).toMatchObject(refused('totp-invalid') as object);
    expect((await send(sha256Hex(ADMIN.password).toUpperCase())).body).toMatchObject(refused('totp-invalid') as object);
    expect((await send(ADMIN.password)).body).toMatchObject(refused('totp-invalid') as object);
    expect((await send(sha256Hex(ADMIN.password))).status).toBe(200);
  });

  it('remembers an answer for half an hour for this session and client, not for strict endpoints', async () => {
    await plain.with(SECOND_FACTOR).post('settings/Site_Name', { value: 'x' });
    expect((await plain.post('settings/Site_Name', { value: 'y' })).status).toBe(200);
    expect((await plain.post('settings.addCustomOAuth', { name: 'besedka' })).body).toMatchObject({
      errorType: 'totp-required',
    });
    expect((await plain.with({ 'User-Agent': 'other' }).post('settings/Site_Name', { value: 'z' })).status).toBe(400);
    there.double.clock.advance(1_800_001);
    expect((await plain.post('settings/Site_Name', { value: 'z' })).status).toBe(400);
  });

  it('PAT bypass', async () => {
    const { bridge, anybody } = there;
    const userId = [...there.double.state.users.values()].find(({ username }) => username === ADMIN.username)!._id;
    const make = async (tokenName: string, bypassTwoFactor: boolean) => {
      const { body } = await bridge.post('users.generatePersonalAccessToken', { tokenName, bypassTwoFactor });
      return anybody.as({ userId, authToken: body.token });
    };
    expect((await (await make('one', true)).post('settings/Site_Name', { value: 'x' })).status).toBe(200);
    expect((await (await make('two', false)).post('settings/Site_Name', { value: 'x' })).status).toBe(400);
    const again = await bridge.post('users.generatePersonalAccessToken', { tokenName: 'one' });
    expect(again.body).toMatchObject(refused('error-token-already-exists') as object);
  });

  it('switch-off setting', async () => {
    there.double.set('Accounts_TwoFactorAuthentication_Enabled', false);
    expect((await plain.post('settings.addCustomOAuth', { name: 'besedka' })).status).toBe(200);
  });

  it('a new account is excused: 8.x everywhere, 7.x not at strict endpoints', async () => {
    for (const [profile, strict] of [
      ['8.9', 200],
      ['7.x', 400],
    ] as const) {
      const fresh = await scene({ profile, adminAge: 0 });
      const own = fresh.anybody.as(fresh.double.make.session(ADMIN.username));
      expect((await own.post('settings/Site_Name', { value: 'x' })).status).toBe(200);
      expect((await own.post('settings.addCustomOAuth', { name: 'besedka' })).status).toBe(strict);
      await fresh.double.close();
    }
  });

  it('a mailed code comes before the password', async () => {
    const admin = [...there.double.state.users.values()].find(({ username }) => username === ADMIN.username)!;
    admin.services.email2fa = { enabled: true };
    const { body } = await plain.post('settings/Site_Name', { value: 'x' });
    expect(body.details).toEqual({ method: 'email', codeGenerated: true, availableMethods: ['email', 'password'] });
    const code = admin.services.email2fa.code!;
    const answer = await plain
      .with({ 'x-2fa-method': 'email', 'x-2fa-code': code })
      .post('settings/Site_Name', { value: 'x' });
    expect(answer.status).toBe(200);
  });
});
