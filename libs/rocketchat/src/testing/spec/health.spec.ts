import { startRocketChatDouble } from '../index.js';
import { ADMIN, scene } from './support.js';

describe('/api/info, /livez, /readyz, /health', () => {
  it('major and minor for everybody, all of it for an admin', async () => {
    const { anybody, bridge, double } = await scene({ version: '8.9.2' });
    expect((await anybody.send('/api/info')).body).toMatchObject({ version: '8.9', success: true });
    expect((await anybody.send('/api/info')).body).not.toHaveProperty('info');
    expect((await bridge.send('/api/info')).body).toMatchObject({
      version: '8.9.2',
      info: { version: '8.9.2' },
      success: true,
    });
    double.faults.order({ name: 'version', version: '9.1.0' });
    expect((await anybody.send('/api/info')).body.version).toBe('9.1');
    await double.close();
  });

  it('8.x: JSON; /readyz says 503 with the checks when it is not', async () => {
    const { anybody, double } = await scene();
    expect(await anybody.send('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await anybody.send('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const { status, body, headers } = await anybody.send('/readyz');
    expect([status, body.status, headers.get('cache-control')]).toEqual([
      200,
      'ok',
      expect.stringContaining('no-cache'),
    ]);
    double.faults.order({ name: 'unready' });
    expect(await anybody.send('/readyz')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { eventLoop: { status: 'degraded' }, mongo: { status: 'ok' } } },
    });
    await double.close();
  });

  it('7.10: /health is text, the probes are not there', async () => {
    const { anybody, double } = await scene({ profile: '7.x' });
    expect(await anybody.send('/health')).toMatchObject({ status: 200, body: 'ok' });
    expect((await anybody.send('/livez')).status).toBe(404);
    await double.close();
  });
});

describe('Boot', () => {
  it('ADMIN_* only when no admin', async () => {
    const { double } = await scene();
    const admins = () =>
      [...double.state.users.values()].filter(({ roles }) => roles.includes('admin')).map(({ username }) => username);
    double.restart({ env: { ADMIN_USERNAME: 'second', ADMIN_PASS: 'pw' } });
    expect(admins()).toEqual([ADMIN.username]);
    await double.close();
  });

  it('without any admin the oldest account becomes it', async () => {
    const double = await startRocketChatDouble();
    double.make.user('first', { createdAt: new Date(1) });
    double.make.user('second');
    double.restart();
    expect(
      [...double.state.users.values()].filter(({ roles }) => roles.includes('admin')).map(({ username }) => username),
    ).toEqual(['first']);
    await double.close();
  });

  it('wizard flag: in_progress with an admin, completed by the environment', async () => {
    const plain = await scene();
    expect(plain.double.setting('Show_Setup_Wizard')).toBe('in_progress');
    await plain.double.close();
    const done = await scene({ env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' } });
    expect(done.double.setting('Show_Setup_Wizard')).toBe('completed');
    done.double.faults.order({ name: 'wizard-reset' });
    expect((await done.bridge.get('settings/Show_Setup_Wizard')).body.value).toBe('in_progress');
    await done.double.close();
  });

  it('unregistered first boot shows wizard to the admin until restart; a new version brings it back', async () => {
    const { double } = await scene({ registered: false, env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' } });
    expect(double.setting('Show_Setup_Wizard')).toBe('in_progress');
    double.restart();
    expect(double.setting('Show_Setup_Wizard')).toBe('completed');
    double.restart({ version: '8.9.9' });
    expect(double.setting('Show_Setup_Wizard')).toBe('in_progress');
    await double.close();
  });
});

describe('Frames (headers)', () => {
  it('X-Frame-Options sameorigin until Iframe_Restrict_Access=false; no frame-ancestors', async () => {
    const { anybody, bridge, double } = await scene();
    const header = async (name: string) => (await anybody.send('/channel/general?layout=embedded')).headers.get(name);
    expect(await header('x-frame-options')).toBe('sameorigin');
    expect(await header('content-security-policy')).toMatch(/default-src/);
    expect(await header('content-security-policy')).not.toMatch(/frame-ancestors/);
    await bridge.post('settings/Iframe_Restrict_Access', { value: false });
    expect(await header('x-frame-options')).toBeNull();
    double.faults.order({ name: 'x-frame-options', value: 'DENY' });
    double.faults.order({ name: 'content-security-policy', value: 'frame-ancestors https://portal.example.org' });
    expect(await header('x-frame-options')).toBe('DENY');
    expect(await header('content-security-policy')).toMatch(/frame-ancestors https:\/\/portal.example.org/);
    double.faults.clear();
    expect(await header('x-frame-options')).toBeNull();
    await double.close();
  });
});
