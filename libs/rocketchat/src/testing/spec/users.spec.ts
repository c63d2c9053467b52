import { ADMIN, refused, scene, type Scene } from './support.js';

const alice = { username: 'alice', name: 'Alice', email: 'alice@example.org', password: 'a password' };

describe('users.create|update|setActiveStatus|delete|info|list|logout|createToken|setStatus|getPresence', () => {
  let there: Scene;
  beforeEach(async () => {
    there = await scene({ env: { CREATE_TOKENS_FOR_USERS_SECRET: 'right' } });
  });
  afterEach(() => there.double.close());

  const create = async (more = {}) => (await there.bridge.post('users.create', { ...alice, ...more })).body.user;

  it('create: the new user is in the default channels with one unread, and signs in', async () => {
    const user = await create({ verified: true });
    expect(user).toMatchObject({
      username: 'alice',
      roles: ['user'],
      active: true,
      emails: [{ address: alice.email, verified: true }],
    });
    const own = there.user('alice');
    const { body } = await own.get('subscriptions.get');
    expect(body.update).toMatchObject([{ rid: 'GENERAL', alert: true, unread: 1, userMentions: 1 }]);
    expect((await there.anybody.post('login', { user: 'alice', password: alice.password })).status).toBe(200);
    const outside = await create({ username: 'bob', email: 'bob@example.org', joinDefaultChannels: false });
    expect(there.double.state.subscriptions.has(`GENERAL/${outside._id}`)).toBe(false);
  });

  it('create: duplicates 400 error-field-unavailable, blocked and bad names', async () => {
    const { bridge } = there;
    await create();
    for (const change of [
      { email: 'other@example.org' },
      { username: 'ALICE', email: 'o@example.org' },
      { username: 'other' },
    ]) {
      expect(await bridge.post('users.create', { ...alice, ...change })).toMatchObject({
        status: 400,
        body: refused('error-field-unavailable'),
      });
    }
    const other = { ...alice, email: 'other@example.org' };
    expect((await bridge.post('users.create', { ...other, username: 'admin' })).body.errorType).toBe(
      'error-blocked-username',
    );
    expect((await bridge.post('users.create', { ...other, username: 'а б' })).body.errorType).toBe(
      'error-input-is-not-a-valid-field',
    );
    expect((await bridge.post('users.create', { username: 'x' })).body.errorType).toBe('invalid-params');
    expect((await there.user('bob').post('users.create', other)).status).toBe(403);
  });

  it('update: replaces roles, renames everywhere, refuses what is taken', async () => {
    const { bridge, double } = there;
    const { _id } = await create();
    const data = { username: 'alisa', name: 'Алиса', roles: ['user', 'bot'] };
    expect((await bridge.post('users.update', { userId: _id, data })).body.user).toMatchObject(data);
    expect(double.state.subscriptions.get(`GENERAL/${String(_id)}`)?.u.username).toBe('alisa');
    const taken = await bridge.post('users.update', { userId: _id, data: { username: ADMIN.username } });
    expect(taken.body).toMatchObject(refused('error-field-unavailable') as object);
    const noRole = await bridge.post('users.update', { userId: _id, data: { roles: ['portal'] } });
    expect(noRole.body.errorType).toBe('error-role-not-found');
  });

  it('setActiveStatus: ends sessions and tokens; the last admin stays', async () => {
    const { bridge, anybody, double } = there;
    const { _id } = await create();
    const own = there.user('alice');
    const off = await bridge.post('users.setActiveStatus', { userId: _id, activeStatus: false });
    expect(off.body).toEqual({ user: { _id, active: false }, success: true });
    expect((await own.get('me')).status).toBe(401);
    expect((await anybody.post('login', { user: 'alice', password: alice.password })).body.error).toBe(
      'error-user-is-not-activated',
    );
    const admin = [...double.state.users.values()].find(({ username }) => username === ADMIN.username)!;
    const last = await bridge.post('users.setActiveStatus', { userId: admin._id, activeStatus: false });
    expect(last.body.errorType).toBe('error-action-not-allowed');
  });

  it('user-last-owner with the rooms, unless confirmRelinquish', async () => {
    const { bridge, double } = there;
    const { _id } = await create();
    const shared = double.make.channel('shared', 'alice', [ADMIN.username]);
    const alone = double.make.channel('alone', 'alice');
    expect((await bridge.post('users.setActiveStatus', { userId: _id, activeStatus: false })).body).toMatchObject({
      errorType: 'user-last-owner',
      details: { shouldBeRemoved: ['alone'], shouldChangeOwner: ['shared'] },
    });
    const { body } = await bridge.post('users.delete', { userId: _id, confirmRelinquish: true });
    expect(body).toEqual({ deletedRooms: [alone._id], success: true });
    const heir = [...double.state.subscriptions.values()].find(({ rid }) => rid === shared._id);
    expect(heir).toMatchObject({ u: { username: ADMIN.username }, roles: ['owner'] });
    expect((await bridge.post('users.delete', { username: 'rocket.cat' })).status).toBe(400);
  });

  it('info: 400 "User not found."; includeUserRooms tells memberships, roles and unread of anybody to an admin only', async () => {
    const { bridge, double, user } = there;
    expect(await bridge.get('users.info', { username: 'nobody' })).toMatchObject({
      status: 400,
      body: { success: false, error: 'User not found.' },
    });
    await create();
    double.make.channel('news', 'alice');
    const query = { username: 'alice', includeUserRooms: 'true' };
    const { body } = await bridge.get('users.info', query);
    expect(body.user.rooms).toMatchObject([
      { rid: 'GENERAL', name: 'general', t: 'c', unread: 1 },
      { name: 'news', t: 'c', roles: ['owner'] },
    ]);
    expect((await user('bob').get('users.info', query)).body.user).not.toHaveProperty('rooms');
    expect((await user('bob').get('users.info', query)).body.user).not.toHaveProperty('emails');
  });

  it('list: pages of 50, at most 100', async () => {
    const { bridge, double } = there;
    for (let index = 0; index < 120; index += 1) double.make.user(`u${index}`, { joinDefaultChannels: false });
    const { body } = await bridge.get('users.list');
    expect([body.users.length, body.count, body.offset, body.total]).toEqual([50, 50, 0, 122]);
    expect((await bridge.get('users.list', { count: '500', offset: '100' })).body.users).toHaveLength(22);
    expect((await bridge.get('users.list', { count: '500' })).body.users).toHaveLength(100);
  });

  it('logout wipes sessions and PATs', async () => {
    const { bridge, user, double } = there;
    const own = user('alice');
    double.set('Accounts_TwoFactorAuthentication_Enabled', false);
    const { body } = await own.post('users.generatePersonalAccessToken', { tokenName: 'mine' });
    const userId = [...double.state.users.values()].find(({ username }) => username === 'alice')!._id;
    const byPat = there.anybody.as({ userId, authToken: body.token });
    expect((await byPat.get('me')).status).toBe(200);
    expect((await user('bob').post('users.logout', { userId })).status).toBe(403);
    expect((await bridge.post('users.logout', { userId })).body.message).toBe(`User ${userId} has been logged out!`);
    expect([(await own.get('me')).status, (await byPat.get('me')).status]).toEqual([401, 401]);
  });

  it('createToken needs right secret', async () => {
    const { bridge, anybody, double } = there;
    const { _id } = await create();
    const wrong = await bridge.post('users.createToken', { userId: _id, secret: 'wrong' });
    expect(wrong.body).toMatchObject(refused('error-not-authorized') as object);
    const { body } = await bridge.post('users.createToken', { userId: _id, secret: 'right' });
    expect((await anybody.as(body.data).get('me')).body.username).toBe('alice');
    double.faults.order({ name: 'wrong-token-secret', times: 1 });
    expect((await bridge.post('users.createToken', { userId: _id, secret: 'right' })).status).toBe(400);
    expect((await bridge.post('users.createToken', { userId: _id, secret: 'right' })).status).toBe(200);
    const old = await scene({ profile: '7.x' });
    const { userId } = old.double.make.session(ADMIN.username);
    expect((await old.bridge.post('users.createToken', { userId })).body.errorType).toBe('error-not-authorized');
    await old.double.close();
  });

  it('setStatus, getStatus, getPresence, presence', async () => {
    const { bridge, user } = there;
    const own = user('alice');
    expect((await own.post('users.setStatus', { status: 'busy', message: 'at work' })).body).toEqual({ success: true });
    expect((await bridge.get('users.getStatus', { username: 'alice' })).body).toMatchObject({
      status: 'busy',
      message: 'at work',
    });
    expect((await bridge.get('users.getPresence', { username: 'alice' })).body).toMatchObject({ presence: 'busy' });
    expect((await own.post('users.setStatus', { status: 'lazy' })).body.errorType).toBe('error-invalid-status');
    const list = (await bridge.get('users.presence')).body.users as { username: string; status: string }[];
    expect(list.find(({ username }) => username === 'alice')?.status).toBe('busy');
    expect((await user('bob').post('users.setStatus', { username: 'alice', status: 'away' })).status).toBe(403);
  });
});
