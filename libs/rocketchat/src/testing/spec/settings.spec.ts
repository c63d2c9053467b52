import { refused, scene, type Scene } from './support.js';

describe('GET/POST settings/:id, POST settings', () => {
  let there: Scene;
  beforeEach(async () => {
    there = await scene();
  });
  afterEach(() => there.double.close());

  it('value round trip', async () => {
    const { bridge, double } = there;
    expect((await bridge.post('settings/Unread_Count', { value: 'all_messages' })).body).toEqual({ success: true });
    const { body } = await bridge.get('settings/Unread_Count');
    expect(body).toEqual({ _id: 'Unread_Count', value: 'all_messages', success: true });
    expect(double.setting('Unread_Count')).toBe('all_messages');
    expect(double.writes).toHaveLength(1);
    expect(double.writes[0]).toMatchObject({ path: '/api/v1/settings/Unread_Count', changed: true });
    await bridge.post('settings/Unread_Count', { value: 'all_messages' });
    expect(double.writes[1]).toMatchObject({ wrote: true, changed: false });
  });

  it('unknown id 400, bad value error-setting-validation-failed, missing value invalid-params', async () => {
    const { bridge } = there;
    expect(await bridge.get('settings/No_Such')).toMatchObject({ status: 400, body: { success: false } });
    expect(await bridge.post('settings/No_Such', { value: 1 })).toMatchObject({
      status: 400,
      body: { success: false },
    });
    for (const value of ['maybe', 1, true]) {
      expect((await bridge.post('settings/Unread_Count', { value })).body).toMatchObject(
        refused('error-setting-validation-failed') as object,
      );
    }
    expect((await bridge.post('settings/Unread_Count', {})).body).toMatchObject(refused('invalid-params') as object);
  });

  it('several at once, all or none; not in 7.x', async () => {
    const { bridge, double } = there;
    const both = [
      { _id: 'Site_Name', value: 'Besedka' },
      { _id: 'Iframe_Restrict_Access', value: false },
    ];
    expect((await bridge.post('settings', { settings: both })).status).toBe(200);
    expect([double.setting('Site_Name'), double.setting('Iframe_Restrict_Access')]).toEqual(['Besedka', false]);
    const wrong = [
      { _id: 'Site_Name', value: 'Other' },
      { _id: 'No_Such', value: 1 },
    ];
    expect((await bridge.post('settings', { settings: wrong })).status).toBe(400);
    expect(double.setting('Site_Name')).toBe('Besedka');
    const old = await scene({ profile: '7.x' });
    expect((await old.bridge.post('settings', { settings: both })).status).toBe(404);
    await old.double.close();
  });

  it('ENT ids return their invalid value in CE', async () => {
    const { bridge, double } = there;
    await bridge.post('settings.addCustomOAuth', { name: 'besedka' });
    const id = 'Accounts_OAuth_Custom-Besedka-merge_roles';
    expect((await bridge.post(`settings/${id}`, { value: true })).status).toBe(200);
    expect(double.state.settings.get(id)?.value).toBe(true);
    expect((await bridge.get(`settings/${id}`)).body.value).toBe(false);
    expect((await bridge.get('settings/Accounts_OAuth_Custom-Besedka-channels_admin')).body.value).toBe('rocket.cat');
  });

  it('direct DB change invisible until restart, except in 7.x', async () => {
    const old = await scene({ profile: '7.x' });
    for (const [one, seen] of [
      [there, true],
      [old, false],
    ] as const) {
      one.double.state.settings.get('Iframe_Restrict_Access')!.value = false;
      expect((await one.bridge.get('settings/Iframe_Restrict_Access')).body.value).toBe(false);
      expect(one.double.setting('Iframe_Restrict_Access')).toBe(seen);
      expect((await one.anybody.send('/home')).headers.has('x-frame-options')).toBe(seen);
      one.double.restart();
      expect(one.double.setting('Iframe_Restrict_Access')).toBe(false);
    }
    await old.double.close();
  });

  it('pinned, blocked, hidden and read-only ids are refused', async () => {
    const env = { OVERWRITE_SETTING_Site_Name: 'Pinned', SETTINGS_BLOCKED: 'Language', SETTINGS_HIDDEN: 'Enable_CSP' };
    const { bridge, double } = await scene({ env });
    expect(double.setting('Site_Name')).toBe('Pinned');
    for (const [id, value] of [
      ['Site_Name', 'x'],
      ['Language', 'ru'],
      ['Enable_CSP', false],
      ['Show_Setup_Wizard', 'completed'],
    ]) {
      expect(await bridge.post(`settings/${String(id)}`, { value })).toMatchObject({
        status: 400,
        body: { success: false },
      });
    }
    expect((await bridge.get('settings/Enable_CSP')).status).toBe(400);
    await double.close();
  });

  it('everybody reads public settings, and only those', async () => {
    const { body } = await there.anybody.get('settings.public', { count: '100' });
    const ids = (body.settings as { _id: string }[]).map(({ _id }) => _id);
    expect(ids).toContain('Site_Url');
    expect(ids).not.toContain('Iframe_Restrict_Access');
  });
});

describe('settings.addCustomOAuth|removeCustomOAuth|refreshOAuthServices', () => {
  it('name normalising; creates all ids with defaults', async () => {
    const { bridge, double } = await scene();
    expect((await bridge.post('settings.addCustomOAuth', { name: 'BESED-ka!' })).status).toBe(200);
    const ids = [...double.state.settings.keys()].filter((id) => id.startsWith('Accounts_OAuth_Custom-'));
    expect(ids).toHaveLength(30);
    const value = (suffix: string) => double.setting(`Accounts_OAuth_Custom-Besedka${suffix}`);
    expect(value('')).toBe(false);
    expect(value('-token_path')).toBe('/oauth/token');
    expect(value('-identity_path')).toBe('/me');
    expect(value('-token_sent_via')).toBe('payload');
    expect(value('-login_style')).toBe('popup');
    expect(value('-show_button')).toBe(true);
    expect(value('-key_field')).toBe('username');
    await bridge.post('settings/Accounts_OAuth_Custom-Besedka-url', { value: 'http://portal' });
    await bridge.post('settings.addCustomOAuth', { name: 'besedka' });
    expect(value('-url')).toBe('http://portal');
    await bridge.post('settings.removeCustomOAuth', { name: 'besedka' });
    expect(value('-url')).toBeUndefined();
    await double.close();
  });

  it('GET settings.oauth: public, lists the service only when enabled, two seconds later or after a refresh', async () => {
    const { bridge, anybody, double } = await scene({ limiter: false });
    const listed = async () =>
      ((await anybody.get('settings.oauth')).body.services as { service: string }[]).map(({ service }) => service);
    await bridge.post('settings.addCustomOAuth', { name: 'besedka' });
    double.clock.advance(3000);
    expect(await listed()).toEqual([]);
    await bridge.post('settings/Accounts_OAuth_Custom-Besedka', { value: true });
    double.clock.advance(1900);
    await bridge.post('settings/Accounts_OAuth_Custom-Besedka-id', { value: 'rocketchat' });
    double.clock.advance(1900);
    expect(await listed()).toEqual([]);
    double.clock.advance(200);
    expect(await listed()).toEqual(['besedka']);
    await bridge.post('settings/Accounts_OAuth_Custom-Besedka-secret', { value: 'hush' });
    await bridge.post('settings.refreshOAuthServices');
    const { body } = await anybody.get('settings.oauth');
    expect(body.services[0]).toMatchObject({ clientId: 'rocketchat', custom: true });
    expect(JSON.stringify(body)).not.toContain('hush');
    double.faults.order({ name: 'oauth-provider-gone' });
    expect(await listed()).toEqual([]);
    await double.close();
  });

  it('in "9.0 mode" error-action-not-allowed, and an existing provider reads as switched off', async () => {
    const env = { Accounts_OAuth_Custom_Besedka: 'true', Accounts_OAuth_Custom_Besedka_url: 'http://portal' };
    const { bridge, double } = await scene({ profile: '9.0', env });
    expect((await bridge.post('settings.addCustomOAuth', { name: 'other' })).body).toMatchObject(
      refused('error-action-not-allowed') as object,
    );
    expect((await bridge.get('settings/Accounts_OAuth_Custom-Besedka')).body.value).toBe(false);
    expect((await bridge.get('settings.oauth')).body.services).toEqual([]);
    await double.close();
    const licensed = await scene({ profile: '9.0', env, licensed: true });
    expect((await licensed.bridge.get('settings.oauth')).body.services).toHaveLength(1);
    await licensed.double.close();
  });

  it('from the environment: the values count at the first creation only', async () => {
    const env = {
      Accounts_OAuth_Custom_Besedka: 'true',
      Accounts_OAuth_Custom_Besedka_url: 'http://one',
      Accounts_OAuth_Custom_Besedka_show_button: 'false',
    };
    const { bridge, double } = await scene({ env });
    expect(double.setting('Accounts_OAuth_Custom-Besedka-url')).toBe('http://one');
    expect(double.setting('Accounts_OAuth_Custom-Besedka-show_button')).toBe(true);
    await bridge.post('settings/Accounts_OAuth_Custom-Besedka-url', { value: 'http://two' });
    double.restart({ env: { Accounts_OAuth_Custom_Besedka_url: 'http://three' } });
    expect(double.setting('Accounts_OAuth_Custom-Besedka-url')).toBe('http://two');
    await double.close();
  });
});
