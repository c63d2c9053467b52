import { ADMIN, scene } from './support.js';

describe('Limiter', () => {
  it('10/min/IP/route, three headers (reset in ms), 429 text with seconds', async () => {
    const { anybody, double, user } = await scene();
    const own = user('alice');
    for (let left = 9; left >= 0; left -= 1) {
      const { status, headers } = await own.get('me');
      expect([status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual([
        200,
        '10',
        String(left),
      ]);
      const reset = Number(headers.get('x-ratelimit-reset')) - double.clock.now();
      expect(reset).toBeGreaterThan(50_000);
      expect(reset).toBeLessThanOrEqual(60_000);
    }
    double.clock.advance(30_000);
    const { status, body, headers } = await own.get('me');
    expect(status).toBe(429);
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    expect(body.error).toMatch(
      /^Error, too many requests\. Please slow down\. You must wait (29|30) seconds before trying this endpoint again\. \[error-too-many-requests\]$/,
    );
    expect((await own.get('subscriptions.get')).status).toBe(200);
    expect((await anybody.get('settings.oauth')).status).toBe(200);
    double.clock.advance(30_001);
    expect((await own.get('me')).status).toBe(200);
    await double.close();
  });

  it('bypass permission: no limit and no headers', async () => {
    const { bridge, double } = await scene();
    for (let index = 0; index < 15; index += 1) {
      const { status, headers } = await bridge.get('me');
      expect([status, headers.get('x-ratelimit-limit')]).toEqual([200, null]);
    }
    double.faults.order({ name: 'rate-limit', route: 'me', seconds: 7, times: 1 });
    const { status, body } = await bridge.get('me');
    expect([status, /wait 7 seconds/.test(body.error)]).toEqual([429, true]);
    expect((await bridge.get('me')).status).toBe(200);
    await double.close();
  });

  it('own limits; addresses behind counted proxies; switched off by the setting', async () => {
    const { user, double, anybody } = await scene({ env: { HTTP_FORWARDED_COUNT: '1' } });
    const own = user('alice');
    const status = { status: 'busy' };
    for (let index = 0; index < 5; index += 1) expect((await own.post('users.setStatus', status)).status).toBe(200);
    expect((await own.post('users.setStatus', status)).status).toBe(429);
    const login = (from: string) =>
      anybody.with({ 'X-Forwarded-For': `1.1.1.1, ${from}` }).post('login', { user: ADMIN.username, password: 'no' });
    for (let index = 0; index < 10; index += 1) await login('10.0.0.1');
    expect((await login('10.0.0.1')).status).toBe(429);
    expect((await login('10.0.0.2')).status).toBe(401);
    double.set('API_Enable_Rate_Limiter', false);
    expect((await own.post('users.setStatus', status)).status).toBe(200);
    await double.close();
  });

  it('the same limit per address of an incoming webhook', async () => {
    const { double, bridge, anybody } = await scene();
    const body = {
      type: 'webhook-incoming',
      name: 'in',
      enabled: true,
      username: 'rocket.cat',
      channel: '#general',
      scriptEnabled: false,
    };
    const { _id, token } = (await bridge.post('integrations.create', body)).body.integration;
    const hook = () => anybody.send(`/hooks/${_id}/${token}`, { method: 'POST' });
    for (let index = 0; index < 10; index += 1) expect((await hook()).status).toBe(200);
    expect((await hook()).status).toBe(429);
    await double.close();
  });
});
