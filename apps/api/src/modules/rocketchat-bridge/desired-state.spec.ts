import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import { CUSTOM_OAUTH_LICENSED_FIELDS, parseVersion, profileOf } from '@besedka/rocketchat';
import { assertNamesAllowed, type DesiredInput, desiredState } from './desired-state.js';

const serverOf = (version: string) => profileOf(parseVersion(version)!);
const input = (over: Partial<DesiredInput> = {}): DesiredInput => ({
  portalUrl: 'https://portal.example.org',
  innerPortalUrl: 'https://portal.example.org',
  rocketChatUrl: 'https://chat.example.org',
  mode: null,
  server: serverOf('8.9'),
  channels: BUILT_IN_CHANNELS,
  marks: { edited: 'shown', deleted: 'hidden' },
  ...over,
});

describe('the desired state of Rocket.Chat', () => {
  it('holds no address but the two of the configuration (F07)', () => {
    const addresses = JSON.stringify(desiredState(input())).match(/https?:\/\/[^"/]+/g);
    expect(new Set(addresses)).toEqual(new Set(['https://portal.example.org', 'https://chat.example.org']));
  });

  it('lets the server of Rocket.Chat reach the portal at an address of its own, and browsers at theirs', () => {
    const { provider, webhooks, settings } = desiredState(input({ innerPortalUrl: 'http://app:8001' }));
    expect(provider?.fields).toMatchObject({
      url: 'https://portal.example.org',
      authorize_path: '/o/authorize/',
      token_path: 'http://app:8001/o/token/',
      identity_path: 'http://app:8001/api/v1/auth/rocket/',
    });
    expect(webhooks.flatMap(({ urls }) => urls)).toEqual(['http://app:8001/api/v1/rocketchat/webhook']);
    expect(JSON.stringify(settings)).not.toContain('app:8001');
  });

  it('tells frames the exact origin, never a wildcard', () => {
    const { settings } = desiredState(input());
    expect(settings).toMatchObject({
      Site_Url: 'https://chat.example.org',
      Iframe_Restrict_Access: false,
      Iframe_Integration_receive_origin: 'https://portal.example.org',
      Iframe_Integration_send_target_origin: 'https://portal.example.org',
    });
    expect(Object.values(settings)).not.toContain('*');
  });

  it('sends the browser back to the callback of the provider', () => {
    expect(desiredState(input()).provider?.client.redirectUri).toBe('https://chat.example.org/_oauth/besedka');
  });

  it.each([
    ['7.10', 'oauth'],
    ['8.9', 'oauth'],
    ['9.0', 'iframe-token'],
  ])('takes the mode that %s can do without a licence: %s', (version, mode) => {
    const state = desiredState(input({ server: serverOf(version) }));
    expect(state.mode).toBe(mode);
    expect(state.provider !== null).toBe(mode === 'oauth');
  });

  it('keeps the older OAuth flow only where there is a choice', () => {
    const flow = (version: string) =>
      desiredState(input({ server: serverOf(version) })).settings['Accounts_OAuth_Use_Modern_Flow'];
    expect([flow('8.6'), flow('8.9'), flow('9.0')]).toEqual([undefined, false, undefined]);
  });

  it.each([
    ['9.0', 'oauth', /only with a licence: set ROCKETCHAT_MODE=iframe-token/],
    ['7.10', 'iframe-token', /^ROCKETCHAT_MODE=iframe-token does not work with Rocket\.Chat 7\.10\.$/],
  ] as const)('refuses on %s the mode %s', (version, mode, sentence) => {
    expect(() => desiredState(input({ mode, server: serverOf(version) }))).toThrow(sentence);
  });

  it.each([['admin'], ['All'], ['here '], ['system']])('F14 refuses a channel with the name %j', (name) => {
    const [general] = BUILT_IN_CHANNELS;
    const named = { ...general!, key: 'fine', title: name };
    expect(() => desiredState(input({ channels: [named] }))).toThrow(/reserves this name\. Nothing was changed\.$/);
    expect(() => desiredState(input({ channels: [{ ...named, key: name, title: 'Fine' }] }))).toThrow(/reserves/);
  });

  it('F14 refuses what the settings of the server block besides', () => {
    const { channels } = desiredState(input());
    expect(() => assertNamesAllowed(channels, ['root', ' VIP'])).toThrow('"vip"');
    expect(() => assertNamesAllowed(channels, ['root'])).not.toThrow();
  });

  it('opens one channel to everybody and keeps the others private', () => {
    const { channels, firstChannel } = desiredState(input());
    expect(channels.map(({ key, type, isDefault }) => [key, type, isDefault])).toEqual([
      ['general', 'c', true],
      ['vip', 'p', false],
      ['moderators', 'p', false],
    ]);
    expect(firstChannel).toBe('general');
  });

  it('never writes what only a licence reads', () => {
    const fields = Object.keys(desiredState(input()).provider?.fields ?? {});
    expect(fields).not.toHaveLength(0);
    expect(CUSTOM_OAUTH_LICENSED_FIELDS.filter((field) => fields.includes(field))).toEqual([]);
  });

  it('F10 in iframe-token mode the server asks the portal who is signed in; in oauth mode that way is closed', () => {
    expect(desiredState(input({ server: serverOf('9.0') })).settings).toMatchObject({
      Accounts_iframe_enabled: true,
      Accounts_Iframe_api_url: 'https://portal.example.org/chat/api/auth/',
      Accounts_Iframe_api_method: 'POST',
    });
    expect(desiredState(input()).settings).toMatchObject({ Accounts_iframe_enabled: false });
    expect(desiredState(input()).settings).not.toHaveProperty('Accounts_Iframe_api_url');
  });

  it('F13 touches nobody’s second factor: only accounts made from now on are not opted in by themselves', () => {
    const { settings, whereKnown } = desiredState(input());
    const ids = Object.keys({ ...settings, ...whereKnown }).filter((id) => /two.?factor/i.test(id));
    expect(ids).toEqual(['Accounts_TwoFactorAuthentication_By_Email_Auto_Opt_In']);
  });

  it('F26 the sign-in button stays for who opens Rocket.Chat directly; in the frame nobody is asked', () => {
    const { provider, settings } = desiredState(input());
    expect(provider?.fields).toMatchObject({ show_button: true, login_style: 'redirect' });
    expect(settings).toMatchObject({ Iframe_Integration_receive_enable: true });
  });
});
