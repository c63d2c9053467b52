import { BUILT_IN_CHANNELS } from '@besedka/contracts';
import { customOAuthSettingId, parseVersion, profileOf } from '@besedka/rocketchat';
import type { ActualState } from './actual-state.js';
import { desiredState, PROVIDER } from './desired-state.js';
import { type ClientState, type Ours, planOf } from './plan.js';

const desired = desiredState({
  portalUrl: 'https://portal.example.org',
  innerPortalUrl: 'https://portal.example.org',
  rocketChatUrl: 'https://chat.example.org',
  mode: null,
  server: profileOf(parseVersion('8.9')!),
  channels: BUILT_IN_CHANNELS,
  marks: { edited: 'shown', deleted: 'hidden' },
});
const client: ClientState = { clientId: 'abc', problems: [], secretFits: true };
const ours: Ours = { client, webhookToken: 'the-token-of-the-portal' };
const SECRET = customOAuthSettingId(PROVIDER, 'secret');

/** A server on which everything is as wanted. */
function asWanted(): ActualState {
  const rooms = desired.channels.map((channel) => {
    const room = { ...channel, id: `id-${channel.key}`, name: `slug-${channel.key}`, archived: false };
    return [channel.key, room] as const;
  });
  const fields = Object.entries(desired.provider?.fields ?? {}).map(
    ([field, value]) => [`${customOAuthSettingId(PROVIDER)}-${field}`, value] as const,
  );
  return {
    settings: new Map([
      ...Object.entries(desired.settings),
      ...Object.entries(desired.whereKnown),
      ...fields,
      [customOAuthSettingId(PROVIDER), true],
      [customOAuthSettingId(PROVIDER, 'id'), 'abc'],
      [SECRET, 'a-very-secret-text'],
      ['First_Channel_After_Login', 'slug-general'],
    ]),
    permissions: new Map([['add-user-to-any-p-room', ['admin', 'bot']]]),
    rooms: new Map(rooms),
    linked: new Set(desired.channels.map(({ key }) => key)),
    providerIsPublic: true,
    self: 'besedka.bridge',
    webhooks: new Map(
      desired.webhooks.map(({ key, type, name, event, urls, channel }) => [
        key,
        {
          ...{ _id: key, type, name, event, urls: [...urls], enabled: true, username: 'besedka.bridge' },
          channel: 'channel' in channel ? ['#slug-general'] : [...channel],
          token: event === null ? 'made-there' : 'the-token-of-the-portal',
        },
      ]),
    ),
  };
}

describe('the plan', () => {
  it('is empty when everything is as wanted; more roles for a permission are nobody’s business', () => {
    expect(planOf(desired, asWanted(), ours)).toEqual([]);
  });

  it('names a setting, a member of a room and a permission with both values', () => {
    const actual = asWanted();
    actual.settings.set('Unread_Count', 'user_mentions_only');
    actual.rooms.set('vip', { ...actual.rooms.get('vip')!, type: 'c', topic: '' });
    actual.permissions.set('add-user-to-any-p-room', ['bot']);
    expect(planOf(desired, actual, ours)).toEqual([
      { kind: 'setting', id: 'Unread_Count', from: 'user_mentions_only', to: 'all_messages' },
      { kind: 'permission', id: 'add-user-to-any-p-room', from: ['bot'], to: ['bot', 'admin'] },
      { kind: 'channel', id: 'vip.type', from: 'c', to: 'p' },
      { kind: 'channel', id: 'vip.topic', from: '', to: '👑 VIP Беседка' },
    ]);
  });

  it('never shows a secret, neither the one there nor ours', () => {
    const plan = planOf(desired, asWanted(), { ...ours, client: { ...client, secretFits: false } });
    expect(plan).toEqual([
      { kind: 'provider', id: SECRET, from: '(another secret)', to: '(secret of the application)' },
    ]);
    expect(JSON.stringify(plan)).not.toContain('a-very-secret-text');
  });

  it('sees a provider whose settings are there but that nobody is offered', () => {
    const actual = { ...asWanted(), providerIsPublic: false };
    expect(planOf(desired, actual, ours)).toEqual([{ kind: 'service', id: 'besedka', from: null, to: 'offered' }]);
  });

  it('asks nothing about a provider where people are signed in otherwise', () => {
    const actual = { ...asWanted(), providerIsPublic: false };
    expect(planOf({ ...desired, provider: null }, actual, { ...ours, client: null })).toEqual([]);
  });

  it('compares webhooks member by member, and never shows their tokens', () => {
    const actual = asWanted();
    const messages = actual.webhooks.get('messages')!;
    actual.webhooks.set('messages', { ...messages, enabled: false, token: 'a-token-of-somebody-else' });
    actual.webhooks.delete('notices');
    const plan = planOf(desired, actual, ours);
    expect(plan).toEqual([
      { kind: 'webhook', id: 'messages.enabled', from: false, to: true },
      { kind: 'webhook', id: 'messages.token', from: '(another token)', to: '(token of the portal)' },
      { kind: 'webhook', id: 'notices.enabled', from: null, to: true },
      { kind: 'webhook', id: 'notices.username', from: null, to: 'besedka.bridge' },
      { kind: 'webhook', id: 'notices.channel', from: null, to: ['#slug-general'] },
    ]);
    expect(JSON.stringify(plan)).not.toMatch(/the-token-of-the-portal|somebody-else/);
  });

  it('leaves alone what this version does not have, unless it must', () => {
    const actual = asWanted();
    actual.settings.delete('Message_ShowDeletedStatus');
    actual.settings.delete('Unread_Count');
    expect(planOf(desired, actual, ours).map(({ id }) => id)).toEqual(['Unread_Count']);
  });
});
