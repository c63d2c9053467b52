import { RocketChatClient, type CallReport, type RocketChatClientOptions } from '../index.js';
import { clockOf } from '../testing/contract-target.js';
import { PROFILES, startRocketChatDouble, type ProfileName, type RocketChatDouble } from '../testing/index.js';

const ADMIN = { username: 'besedka.bridge', password: 'мост-bridge-1' };

/** What can only be ordered from the double; what the client must do is the same at a real server. */
describe.each(Object.keys(PROFILES) as ProfileName[])('in trouble, on the double as %s', (profile) => {
  let double: RocketChatDouble;
  let reports: CallReport[];
  beforeAll(async () => {
    double = await startRocketChatDouble({ profile, admin: ADMIN });
    double.make.user('anna');
  });
  afterAll(() => double.close());
  beforeEach(() => {
    double.faults.clear();
    double.calls.length = 0;
    reports = [];
  });

  function client(options: Partial<RocketChatClientOptions> = {}): RocketChatClient {
    return new RocketChatClient({
      baseUrl: double.url,
      credentials: { kind: 'password', user: ADMIN.username, password: ADMIN.password },
      clock: clockOf(double),
      observe: (report) => reports.push(report),
      ...options,
    });
  }
  const asAnna = () => client().as(double.make.session('anna'));
  const calls = (path: string) => double.calls.filter((call) => call.path === `/api/v1/${path}`);

  it('forty calls of somebody who may not bypass limits meet not one refusal', async () => {
    const hers = asAnna();
    const start = double.clock.now();
    await Promise.all(Array.from({ length: 40 }, () => hers.auth.me()));
    expect(calls('me')).toHaveLength(40);
    expect(calls('me').filter(({ status }) => status !== 200)).toEqual([]);
    expect(double.clock.now() - start).toBeGreaterThan(3 * 55_000);
  });

  it('a refusal that others have brought about is waited for, for a write too', async () => {
    double.faults.order({ name: 'rate-limit', route: 'channels.create', seconds: 17, times: 1 });
    const start = double.clock.now();
    const { _id } = await client().channels.create({ name: `limited-${profile}` });
    expect(double.clock.now() - start).toBeGreaterThanOrEqual(16_000);
    expect(calls('channels.create').map(({ status }) => status)).toEqual([429, 200]);
    await client().channels.delete(_id);
  });

  it('the sign-in is renewed when the server has forgotten it', async () => {
    const bridge = client();
    await bridge.auth.me();
    const admin = [...double.state.users.values()].find(({ username }) => username === ADMIN.username)!;
    admin.services.resume.loginTokens.length = 0;
    await Promise.all([bridge.auth.me(), bridge.users.info({ username: 'anna' }), bridge.roles.list()]);
    expect(calls('login')).toHaveLength(2);
  });

  it('a wrong password does not lock the account: the bridge asks once, and the admin can still sign in', async () => {
    const bridge = client({ credentials: { kind: 'password', user: ADMIN.username, password: 'wrong' } });
    for (let round = 0; round < 30; round += 1) {
      await expect(bridge.auth.me()).rejects.toMatchObject({ kind: 'unauthorized' });
    }
    expect(calls('login')).toHaveLength(1);
    bridge.setCredentials({ kind: 'password', user: ADMIN.username, password: ADMIN.password });
    expect(await bridge.auth.me()).toMatchObject({ username: ADMIN.username });
  });

  it('the lock-out is there: ten raw tries lock, and the client says so', async () => {
    double.make.user(`locked-${profile}`);
    const { auth } = client({ rateLimitWaitMs: 600_000 });
    const login = (password: string) => auth.login({ user: `locked-${profile}`, password });
    for (let round = 0; round < 10; round += 1)
      await expect(login('wrong')).rejects.toMatchObject({ kind: 'unauthorized' });
    await expect(login(`locked-${profile}-password`)).rejects.toMatchObject({ kind: 'unauthorized' });
    double.clock.advance(6 * 60_000);
    expect((await login(`locked-${profile}-password`)).userId).toEqual(expect.any(String));
  });

  it('the second factor is answered everywhere; TOTP cannot be, and is told', async () => {
    const bridge = client();
    double.faults.order({ name: 'two-factor-required' });
    expect(await bridge.settings.set('Unread_Count', 'all_messages')).toEqual({ changed: true });
    await bridge.users.update(double.make.session('anna').userId, { name: 'Anna' });
    double.faults.clear();
    double.faults.order({ name: 'two-factor-invalid' });
    double.faults.order({ name: 'two-factor-required' });
    await expect(bridge.settings.set('Unread_Count', 'user_and_group_mentions_only')).rejects.toMatchObject({
      kind: 'second-factor',
      errorType: 'totp-invalid',
    });
    double.faults.clear();
    expect(await bridge.settings.set('Unread_Count', 'user_and_group_mentions_only')).toEqual({ changed: true });
  });

  it('a missing permission is told as such', async () => {
    double.faults.order({ name: 'missing-permission', permission: 'edit-privileged-setting' });
    await expect(client().settings.set('Site_Name', 'x')).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
    double.faults.order({ name: 'missing-permission', permission: 'view-other-user-channels' });
    const { userId } = double.make.session('anna');
    // One may not look: the write itself says how it is.
    const room = double.make.channel(`blind-${profile}`, ADMIN.username);
    const member = { roomId: room._id, userId };
    expect((await client().users.infoWithRooms({ userId })).rooms).toBeUndefined();
    expect(await client().channels.kick(member)).toEqual({ changed: false });
    expect(await client().channels.invite(member)).toEqual({ changed: true });
    expect(await client().channels.addModerator(member)).toEqual({ changed: true });
    expect(await client().channels.addModerator(member)).toEqual({ changed: false });
  });

  it('an answer that is lost: what names a state is sent again, what makes something new is not', async () => {
    const bridge = client();
    const room = double.make.channel(`lost-${profile}`, ADMIN.username, ['anna']);
    const { userId } = double.make.session('anna');
    double.faults.order({ name: 'answer-lost', route: 'channels.kick', times: 1 });
    await bridge.channels.kick({ roomId: room._id, userId });
    expect(calls('channels.kick')).toHaveLength(2);
    expect((await bridge.users.infoWithRooms({ userId })).rooms?.some(({ rid }) => rid === room._id)).toBe(false);

    double.faults.order({ name: 'answer-lost', route: 'chat.postMessage', times: 1 });
    await expect(bridge.chat.postMessage({ roomId: room._id, text: 'once' })).rejects.toMatchObject({
      kind: 'unreachable',
    });
    expect(double.state.messages.filter(({ msg }) => msg === 'once')).toHaveLength(1);
  });

  it.each([
    ['server-error', 'unavailable'],
    ['proxy-page', 'unavailable'],
    ['connection-reset', 'unreachable'],
  ] as const)('%s: reading goes on when it is over, and tells %s when it is not', async (name, kind) => {
    const bridge = client();
    await bridge.auth.me();
    double.faults.order({ name, route: 'users.info', times: 2 });
    expect(await bridge.users.info({ username: 'anna' })).toMatchObject({ username: 'anna' });
    double.faults.order({ name, route: 'users.info' });
    await expect(bridge.users.info({ username: 'anna' })).rejects.toMatchObject({ kind });
  });

  it('silence and slow bodies end in time', async () => {
    const bridge = client({ timeoutMs: 150, retry: { attempts: 2 } });
    await bridge.auth.me({ timeoutMs: 5_000 });
    double.faults.order({ name: 'hang', route: 'users.info' });
    await expect(bridge.users.info({ username: 'anna' })).rejects.toMatchObject({ kind: 'timeout' });
    double.faults.clear();
    double.faults.order({ name: 'slow-body', route: 'users.info', ms: 10_000 });
    await expect(bridge.users.info({ username: 'anna' })).rejects.toMatchObject({ kind: 'timeout' });
    expect(reports.filter(({ outcome }) => outcome === 'timeout')).toHaveLength(4);
  });

  it('a server that is gone, and is back: the next call works', async () => {
    const bridge = client({ retry: { attempts: 1 } });
    await bridge.auth.me();
    await double.stop();
    await expect(bridge.auth.me()).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(bridge.info.health()).rejects.toMatchObject({ kind: 'unreachable' });
    await double.start();
    expect(await bridge.auth.me()).toMatchObject({ username: ADMIN.username });
  });

  it('health says when it cannot work', async () => {
    double.faults.order({ name: 'unready' });
    const health = await client().info.health();
    if (PROFILES[profile].probes)
      expect(health).toMatchObject({ live: true, ready: false, checks: { eventLoop: 'degraded' } });
    else expect(health).toMatchObject({ live: true, source: '/health' });
  });

  it('writes nothing the second time', async () => {
    const bridge = client();
    const room = double.make.channel(`twice-${profile}`, ADMIN.username);
    const { userId } = double.make.session('anna');
    const all = async () => {
      await bridge.settings.setAll({
        Site_Name: 'Besedka',
        Iframe_Restrict_Access: false,
        Unread_Count: 'all_messages',
      });
      await bridge.channels.setTopic(room._id, 'Тема');
      await bridge.channels.setDefault(room._id, true);
      await bridge.channels.invite({ roomId: room._id, userId });
      await bridge.channels.addModerator({ roomId: room._id, userId });
      await bridge.roles.addUser({ username: 'anna', roleId: 'bot' });
      await bridge.permissions.grant('create-p', ['guest']);
      await bridge.users.setActiveStatus(userId, true);
    };
    await all();
    expect(double.writes.length).toBeGreaterThan(5);
    double.calls.length = 0;
    await all();
    expect(double.writes).toEqual([]);
  });
});
