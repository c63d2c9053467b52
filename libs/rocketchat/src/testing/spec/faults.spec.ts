import { Socket } from './socket.js';
import { scene, type Scene } from './support.js';

describe('faults, each by name and removable', () => {
  let there: Scene;
  beforeEach(async () => {
    there = await scene();
  });
  afterEach(() => there.double.close());

  it('latency, slow-body', async () => {
    const { anybody, double } = there;
    for (const name of ['latency', 'slow-body'] as const) {
      const end = double.faults.order({ name, ms: 150, route: '/api/info' });
      const start = performance.now();
      await anybody.send('/api/info');
      expect(performance.now() - start).toBeGreaterThanOrEqual(140);
      end();
    }
    expect(double.faults.active).toEqual([]);
  });

  it('server-error and proxy-page, as often as ordered', async () => {
    const { anybody, double } = there;
    double.faults.order({ name: 'server-error', route: 'settings.oauth', times: 1 });
    double.faults.order({ name: 'proxy-page', status: 504, times: 1 });
    expect(await anybody.get('settings.oauth')).toMatchObject({ status: 504, body: expect.stringContaining('<html>') });
    expect(await anybody.get('settings.oauth')).toMatchObject({ status: 500, body: { success: false } });
    expect((await anybody.get('settings.oauth')).status).toBe(200);
  });

  it('connection-reset, hang, answer-lost: the last one is carried out all the same', async () => {
    const { anybody, bridge, double } = there;
    double.faults.order({ name: 'connection-reset', times: 1 });
    await expect(anybody.send('/api/info')).rejects.toThrow('fetch failed');
    double.faults.order({ name: 'hang', times: 1 });
    await expect(anybody.send('/api/info', { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
    double.faults.order({ name: 'answer-lost', route: 'channels.create', times: 1 });
    await expect(bridge.post('channels.create', { name: 'made' })).rejects.toThrow('fetch failed');
    expect((await bridge.post('channels.create', { name: 'made' })).body.errorType).toBe(
      'error-duplicate-channel-name',
    );
    expect(double.calls.filter(({ status }) => status === 0)).toHaveLength(3);
  });

  it('outage on/off cuts the sockets too; stop and start refuse connections and keep everything', async () => {
    const { anybody, double } = there;
    const socket = await Socket.open(double.url);
    double.faults.order({ name: 'outage' });
    await socket.closed;
    await expect(anybody.send('/api/info')).rejects.toThrow('fetch failed');
    double.faults.remove('outage');
    expect((await anybody.send('/api/info')).status).toBe(200);
    await double.stop();
    const refused = await anybody.send('/api/info').catch((error: Error) => (error.cause as { code: string }).code);
    expect(refused).toBe('ECONNREFUSED');
    await double.start();
    expect((await there.bridge.get('me')).status).toBe(200);
  });

  it('token-expired, clock-skew', async () => {
    const { bridge, anybody, double } = there;
    double.faults.order({ name: 'token-expired' });
    expect((await bridge.get('me')).status).toBe(401);
    double.faults.clear();
    expect((await bridge.get('me')).status).toBe(200);
    double.faults.order({ name: 'clock-skew', ms: -3_600_000 });
    const told = Date.parse((await anybody.send('/api/info')).headers.get('date') ?? '');
    expect(Math.abs(Date.now() - 3_600_000 - told)).toBeLessThan(5000);
  });

  it('two-factor-required within the grace, two-factor-invalid', async () => {
    const { double, bridge } = there;
    double.faults.order({ name: 'two-factor-invalid' });
    expect((await bridge.post('settings/Site_Name', { value: 'x' })).body.errorType).toBe('totp-invalid');
    double.faults.clear();
    const fresh = await scene({ adminAge: 0 });
    fresh.double.faults.order({ name: 'two-factor-required', times: 1 });
    const own = fresh.anybody.as(fresh.double.make.session('besedka.bridge'));
    expect((await own.post('settings/Site_Name', { value: 'x' })).body.errorType).toBe('totp-required');
    expect((await own.post('settings/Site_Name', { value: 'x' })).status).toBe(200);
    await fresh.double.close();
  });

  it('two-factor-required where no release asks for it, pat-bypass-broken', async () => {
    const { double, anybody, bridge } = there;
    const plain = anybody.as(double.make.session('besedka.bridge'));
    double.faults.order({ name: 'two-factor-required', route: 'users.create' });
    expect((await plain.post('users.create', {})).body.errorType).toBe('totp-required');
    expect((await bridge.post('users.create', {})).body.errorType).toBe('invalid-params');
    double.faults.clear();
    const { userId } = double.make.session('besedka.bridge');
    const made = await bridge.post('users.generatePersonalAccessToken', { tokenName: 'x', bypassTwoFactor: true });
    const byToken = anybody.as({ userId, authToken: made.body.token });
    const write = async () => (await byToken.post('settings/Site_Name', { value: 'x' })).status;
    expect(await write()).toBe(200);
    double.faults.order({ name: 'pat-bypass-broken' });
    expect(await write()).toBe(400);
  });

  it('setting-read-only, setting-unknown, setting-ignored', async () => {
    const { bridge, double } = there;
    const write = async (id: string) => (await bridge.post(`settings/${id}`, { value: 'x' })).status;
    const id = 'Site_Name';
    double.faults.order({ name: 'setting-read-only', id });
    expect([await write(id), (await bridge.get(`settings/${id}`)).status]).toEqual([400, 200]);
    double.faults.clear();
    double.faults.order({ name: 'setting-unknown', id });
    expect([await write(id), (await bridge.get(`settings/${id}`)).status]).toEqual([400, 400]);
    double.faults.clear();
    double.faults.order({ name: 'setting-ignored', id });
    expect([await write(id), double.setting(id)]).toEqual([200, 'Rocket.Chat']);
  });
});
