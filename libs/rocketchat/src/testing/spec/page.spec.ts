import type { Browser } from 'playwright-core';
import { launchChromium } from '@besedka/testing/chromium';
import type { DoubleOptions } from '../index.js';
import { withProvider } from './oauth-journey.js';
import { Embedded, Portal } from './portal.js';
import type { Provider } from './provider.js';
import { ADMIN, type Scene } from './support.js';

describe('Frames (the embedded page in a browser)', () => {
  let browser: Browser;
  let portal: Portal;
  let there: Scene & { provider: Provider };
  let embedded: Embedded;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    portal = await new Portal().start();
  });
  afterEach(async () => {
    expect(embedded.errors).toEqual([]);
    await embedded.close();
    await there.double.close();
    await there.provider.stop();
    await portal.stop();
  });

  /** A double that may be framed, and talks with the portal. */
  const start = async (options: DoubleOptions = {}, settings: Record<string, string | boolean> = {}) => {
    there = await withProvider({ env: { OVERWRITE_SETTING_Show_Setup_Wizard: 'completed' }, ...options });
    const all = {
      Iframe_Restrict_Access: false,
      Iframe_Integration_send_enable: true,
      Iframe_Integration_send_target_origin: portal.url,
      Iframe_Integration_receive_enable: true,
      Iframe_Integration_receive_origin: portal.url,
      ...settings,
    };
    for (const [id, value] of Object.entries(all)) there.double.set(id, value);
  };
  const open = async (path = '/channel/general?layout=embedded') => {
    embedded = await Embedded.open(browser, portal, there.double.url + path);
  };

  it('the legacy sign-in in redirect style: silent, exactly its parameters, back in the room it came from', async () => {
    await start();
    await open();
    await embedded.event('startup');
    await embedded.chat.getByRole('button', { name: 'Besedka' }).waitFor();
    await embedded.command({ externalCommand: 'call-custom-oauth-login', service: 'besedka' });
    expect(await embedded.event('room-opened')).toMatchObject({ _id: 'GENERAL', name: 'general' });
    const [url] = there.provider.authorizeCalls;
    expect([...(url?.searchParams ?? [])].map(([name]) => name)).toEqual([
      'client_id',
      'redirect_uri',
      'response_type',
      'state',
      'scope',
    ]);
    expect(url?.searchParams.get('redirect_uri')).toBe(`${there.double.url}/_oauth/besedka`);
    const state = JSON.parse(Buffer.from(url?.searchParams.get('state') ?? '', 'base64').toString()) as Record<
      string,
      unknown
    >;
    expect(state).toEqual({
      loginStyle: 'redirect',
      credentialToken: expect.any(String),
      isCordova: false,
      redirectUrl: `${there.double.url}/channel/general?layout=embedded`,
    });
    const userId = [...there.double.state.users.values()].find(({ username }) => username === 'alice')?._id;
    const kept = await embedded.frame.evaluate(() => ({
      id: localStorage.getItem('Meteor.userId'),
      cookie: document.cookie,
    }));
    expect(kept.id).toBe(userId);
    expect(kept.cookie).toContain(`rc_uid=${userId ?? ''}`);
    expect(there.double.connected).toContain(userId);
  });

  it('the legacy sign-in in a popup', async () => {
    await start({}, { 'Accounts_OAuth_Custom-Besedka-login_style': 'popup' });
    there.double.settle();
    await open();
    await embedded.chat.getByRole('button', { name: 'Besedka' }).click();
    await embedded.event('room-opened');
    const state = there.provider.authorizeCalls[0]?.searchParams.get('state') ?? '';
    expect(JSON.parse(Buffer.from(state, 'base64').toString())).toMatchObject({ loginStyle: 'popup' });
    expect(embedded.page.context().pages()).toHaveLength(1);
  });

  it('the set-up wizard is shown to admins until it is completed', async () => {
    await start({ env: {} });
    there.double.make.user('alice');
    await open();
    await embedded.event('startup');
    await embedded.command({
      externalCommand: 'login-with-token',
      token: there.double.make.session(ADMIN.username).authToken,
    });
    await embedded.chat.getByRole('heading', { name: 'Setup wizard' }).waitFor();
    await embedded.command({ externalCommand: 'logout' });
    await embedded.event('Custom_Script_Logged_Out');
    await embedded.command({
      externalCommand: 'login-with-token',
      token: there.double.make.session('alice').authToken,
    });
    await embedded.event('room-opened');
  });

  it('the modern sign-in ends the same', async () => {
    await start({}, { Accounts_OAuth_Use_Modern_Flow: true, First_Channel_After_Login: 'general' });
    await open();
    await embedded.chat.getByRole('button', { name: 'Besedka' }).click();
    await embedded.chat.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(embedded.frame.url()).toBe(`${there.double.url}/channel/general`);
    expect(there.provider.authorizeCalls[0]?.searchParams.get('code_challenge_method')).toBe('S256');
  });

  it('login-with-token; events: numbers, messages, rooms; go keeps the layout and does not reload; logout', async () => {
    await start();
    const { double } = there;
    double.make.user('alice');
    double.make.user('bob');
    double.make.channel('team', 'bob', ['alice']);
    await open();
    await embedded.event('startup');
    const { authToken } = double.make.session('alice');
    await embedded.command({ externalCommand: 'login-with-token', token: authToken });
    await embedded.event('room-opened');
    await embedded.event('Custom_Script_Logged_In');
    expect(await embedded.event('status-changed')).toBe('online');
    await embedded.frame.evaluate(() => Object.assign(window, { untouched: true }));
    double.make.message('team', 'bob', 'hello @alice');
    expect(await embedded.event('new-message')).toMatchObject({
      msg: 'hello @alice',
      room: { type: 'c', name: 'team' },
    });
    await embedded.page.waitForFunction(() =>
      (window as unknown as { heard: { eventName: string; data: unknown }[] }).heard.some(
        (one) => one.eventName === 'unread-changed' && one.data === 2,
      ),
    );
    expect(await embedded.event('unread-changed-by-subscription')).toMatchObject({
      name: 'team',
      unread: 2,
      alert: true,
    });

    const composer = embedded.chat.getByRole('textbox', { name: 'Message' });
    await composer.fill('half a sent');
    double.make.message('general', 'bob', 'in between');
    await embedded.chat.getByText('in between').waitFor();
    expect(await composer.inputValue()).toBe('half a sent');

    await embedded.command({ externalCommand: 'go', path: 'channel/team' });
    expect(await embedded.event('room-opened', 2)).toMatchObject({ name: 'team' });
    expect(embedded.frame.url()).toBe(`${double.url}/channel/team?layout=embedded`);
    expect(await embedded.frame.evaluate(() => 'untouched' in window)).toBe(true);
    await composer.fill('answer');
    await composer.press('Enter');
    await embedded.chat.getByText('answer').waitFor();
    await embedded.command({ externalCommand: 'go', path: '/channel/general' });
    await embedded.event('room-opened', 3);
    expect(await composer.inputValue()).toBe('half a sent');

    await embedded.command({ externalCommand: 'logout' });
    await embedded.event('Custom_Script_Logged_Out');
    expect(await embedded.frame.evaluate(() => localStorage.getItem('Meteor.loginToken'))).toBeNull();
    expect((await there.anybody.post('login', { resume: authToken })).status).toBe(401);
    expect((await embedded.heard()).every(({ origin }) => origin === double.url)).toBe(true);
  });

  it('a public room without membership has a Join button; a private one is not found; a forced logout shows the sign-in', async () => {
    await start();
    const { double } = there;
    const { _id } = double.make.user('alice');
    double.make.user('bob');
    double.make.channel('open', 'bob');
    double.make.group('secret', 'bob');
    await open('/channel/open?layout=embedded');
    await embedded.event('startup');
    await embedded.command({ externalCommand: 'login-with-token', token: double.make.session('alice').authToken });
    await embedded.chat.getByRole('button', { name: 'Join' }).click();
    await embedded.chat.getByRole('textbox', { name: 'Message' }).waitFor();
    await embedded.command({ externalCommand: 'go', path: '/group/secret' });
    await embedded.chat.getByText('Room not found').waitFor();
    await there.bridge.post('users.logout', { userId: _id });
    await embedded.chat.getByRole('button', { name: 'Login' }).waitFor();
    await embedded.event('Custom_Script_Logged_Out');
  });

  it('what is half typed outlives a session that the server ends and a logout without a user, not a logout', async () => {
    await start();
    const { double } = there;
    const { _id } = double.make.user('alice');
    const drafts = () =>
      embedded.frame.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('messagebox_')));
    const signIn = () =>
      embedded.command({ externalCommand: 'login-with-token', token: double.make.session('alice').authToken });
    await open();
    await embedded.event('startup');
    await signIn();
    await embedded.chat.getByRole('textbox', { name: 'Message' }).fill('half a sent');
    await there.bridge.post('users.logout', { userId: _id });
    await embedded.chat.getByRole('button', { name: 'Login' }).waitFor();
    await embedded.command({ externalCommand: 'logout' });
    await signIn();
    await embedded.event('room-opened', 2);
    expect(await drafts()).toEqual(['messagebox_GENERAL']);
    expect((await embedded.heard()).some(({ eventName }) => eventName === 'Custom_Script_On_Logout')).toBe(false);
    await embedded.command({ externalCommand: 'logout' });
    await embedded.event('Custom_Script_On_Logout');
    expect(await drafts()).toEqual([]);
  });

  it.each([
    ['receive_enable is off', { Iframe_Integration_receive_enable: false }],
    ['the origin is not listed', { Iframe_Integration_receive_origin: 'http://127.0.0.1' }],
  ])('commands only when receive_enable and origin listed: %s', async (_name, settings) => {
    await start({}, settings);
    there.double.make.user('alice');
    await open();
    await embedded.event('startup');
    await embedded.command({
      externalCommand: 'login-with-token',
      token: there.double.make.session('alice').authToken,
    });
    await embedded.command({ event: 'go', externalCommand: 'go', path: '/home' });
    const connected = there.double.connected.length;
    // The same socket answers something later: what came before it has been handled.
    await embedded.chat.getByRole('textbox', { name: 'Email or username' }).fill('alice');
    await embedded.chat.getByRole('textbox', { name: 'Password' }).fill('alice-password');
    await embedded.chat.getByRole('button', { name: 'Login' }).click();
    await embedded.event('room-opened');
    expect(connected).toBe(1);
    expect(embedded.frame.url()).toContain('/channel/general');
    expect((await embedded.heard()).filter(({ eventName }) => eventName === 'Custom_Script_Logged_In')).toHaveLength(1);
  });

  it('events only when send_enable; the button only when show_button', async () => {
    await start({}, { Iframe_Integration_send_enable: false, 'Accounts_OAuth_Custom-Besedka-show_button': false });
    there.double.settle();
    await open();
    await embedded.chat.getByRole('button', { name: 'Login' }).waitFor();
    expect(await embedded.chat.getByRole('button').count()).toBe(1);
    expect(await embedded.heard()).toEqual([]);
    await embedded.command({ externalCommand: 'call-custom-oauth-login', service: 'nobody' });
    await embedded.page.waitForFunction(() => (window as unknown as { heard: unknown[] }).heard.length > 0);
    expect(await embedded.heard()).toMatchObject([{ event: 'custom-oauth-callback', response: 'service not found' }]);
  });

  it('X-Frame-Options keeps it out of the portal', async () => {
    await start({}, { Iframe_Restrict_Access: true });
    await open();
    // The page of the portal is loaded, and so is what the browser shows instead of the refused frame.
    expect(embedded.frame.url()).toMatch(/^chrome-error:/);
    expect(await embedded.heard()).toEqual([]);
  });

  it('frame-silent, room-never-opens, storage-blocked', async () => {
    await start();
    there.double.make.user('alice');
    there.double.faults.order({ name: 'room-never-opens' });
    there.double.faults.order({ name: 'storage-blocked' });
    await open();
    await embedded.event('startup');
    await embedded.command({
      externalCommand: 'login-with-token',
      token: there.double.make.session('alice').authToken,
    });
    await embedded.event('status-changed');
    await embedded.chat.getByRole('textbox', { name: 'Message' }).waitFor();
    expect((await embedded.heard()).some(({ eventName }) => eventName === 'room-opened')).toBe(false);
    expect(await embedded.frame.evaluate(() => localStorage.length)).toBe(0);
    await embedded.page.reload();
    await embedded.chat.getByRole('button', { name: 'Login' }).waitFor();
    there.double.faults.order({ name: 'frame-silent' });
    await embedded.page.reload();
    await embedded.chat.getByRole('button', { name: 'Login' }).waitFor();
    expect(await embedded.heard()).toEqual([]);
  });

  describe('iframe authentication', () => {
    const frameSettings = () => ({
      Accounts_iframe_enabled: true,
      Accounts_iframe_url: `${portal.url}/login`,
      Accounts_Iframe_api_url: `${portal.url}/chat/api/auth/`,
    });

    it.each(['8.9', '9.0'] as const)('%s: signs in with the answered loginToken, without a click', async (profile) => {
      await start({ profile, licensed: profile === '9.0' }, frameSettings());
      there.double.make.user('alice');
      portal.frameAnswer = { loginToken: there.double.make.session('alice').authToken };
      await open();
      expect(await embedded.event('room-opened')).toMatchObject({ name: 'general' });
    });

    it('without a session the portal page is shown; try-iframe-login asks again, from any origin; {token} is matched', async () => {
      await start({}, { ...frameSettings(), Iframe_Integration_receive_enable: false });
      const alice = there.double.make.user('alice');
      alice.services.iframe = { token: 'of the portal' };
      await open();
      await embedded.chat.frameLocator('iframe').getByText('Sign in to the portal').waitFor();
      await embedded.command({ event: 'login-with-token', loginToken: 'nothing' });
      await embedded.page.waitForFunction(() =>
        (window as unknown as { heard: { event?: string }[] }).heard.some(({ event }) => event === 'login-error'),
      );
      portal.frameAnswer = { token: 'of the portal' };
      await embedded.command({ event: 'try-iframe-login' });
      await embedded.event('room-opened');
      expect(there.double.connected).toEqual([alice._id]);
    });
  });
});
