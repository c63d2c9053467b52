import { customOAuthSettingId, type CustomOAuthField, type SettingValue } from '@besedka/rocketchat';
import { ROCKETCHAT_STEPS, type RocketChatDifferenceKind, type RocketChatStep } from '@besedka/contracts';
import type { ActualRoom, ActualState } from './actual-state.js';
import {
  type DesiredChannel,
  type DesiredState,
  type DesiredWebhook,
  FIRST_CHANNEL,
  PROVIDER,
} from './desired-state.js';

/** The steps of `apply`, in their order: rooms need the setting for their names, the provider its client, webhooks and members the rooms. */
export type Step = RocketChatStep;

/** A value in a plan; null: it is not there. Secrets are words about a secret, never the secret. */
export type PlanValue = SettingValue | readonly string[];

/** One thing that is not as it shall be. */
export interface Difference {
  readonly kind: RocketChatDifferenceKind;
  /** Setting id, permission, `channel.member`, member of our client, `webhook.member`. */
  readonly id: string;
  readonly from: PlanValue;
  readonly to: PlanValue;
}

/** How our own registration and the secret there stand; see `BridgeClient`. */
export interface ClientState {
  /** The registered application; null: it has to be made. */
  readonly clientId: string | null;
  /** Members of the registration that do not allow what is needed. */
  readonly problems: readonly { readonly id: string; readonly from: PlanValue; readonly to: PlanValue }[];
  /** The secret there opens the registered application. */
  readonly secretFits: boolean;
}

/** What is compared with the state there besides the desired state. */
export interface Ours {
  /** Null when people are signed in without one. */
  readonly client: ClientState | null;
  /** What proves that an outgoing webhook is ours. */
  readonly webhookToken: string;
}

/** What a step has to change, and nothing when it is done. Members are compared by `sync/`, not here. */
export function differencesOf(
  step: Step,
  desired: DesiredState,
  actual: ActualState,
  { client, webhookToken }: Ours,
): Difference[] {
  switch (step) {
    case 'settings':
      return Object.entries(wantedSettings(desired, actual)).flatMap(([id, to]) => setting(actual, 'setting', id, to));
    case 'permissions':
      return permissions(desired, actual);
    case 'channels':
      return desired.channels.flatMap((channel) => channelDifferences(channel, actual));
    case 'first-channel': {
      const channel = desired.channels.find(({ key }) => key === desired.firstChannel);
      return setting(actual, 'setting', FIRST_CHANNEL, addressOf(channel, actual));
    }
    case 'client':
      return client === null ? [] : clientDifferences(client);
    case 'provider':
      return client === null ? [] : providerDifferences(desired, actual, client);
    case 'service': {
      const isWanted = desired.provider !== null;
      return isWanted && !actual.providerIsPublic ? [{ kind: 'service', id: PROVIDER, from: null, to: 'offered' }] : [];
    }
    case 'webhooks':
      return desired.webhooks.flatMap((webhook) => webhookDifferences(webhook, desired, actual, webhookToken));
    case 'members':
      return [];
  }
}

/** Everything that `apply` would change, in its order. */
export function planOf(desired: DesiredState, actual: ActualState, ours: Ours): Difference[] {
  return ROCKETCHAT_STEPS.flatMap((step) => differencesOf(step, desired, actual, ours));
}

/** Without those that this server does not have and need not. */
export function wantedSettings(
  { settings, whereKnown }: DesiredState,
  actual: ActualState,
): Readonly<Record<string, SettingValue>> {
  const known = Object.entries(whereKnown).filter(([id]) => actual.settings.has(id));
  return { ...settings, ...Object.fromEntries(known) };
}

function setting(actual: ActualState, kind: 'setting' | 'provider', id: string, to: SettingValue): Difference[] {
  const from = actual.settings.get(id) ?? null;
  return from === to ? [] : [{ kind, id, from, to }];
}

function permissions(desired: DesiredState, actual: ActualState): Difference[] {
  return Object.entries(desired.permissions).flatMap(([id, roles]): Difference[] => {
    const from = actual.permissions.get(id) ?? [];
    const missing = roles.filter((role) => !from.includes(role));
    return missing.length === 0 ? [] : [{ kind: 'permission', id, from, to: [...from, ...missing] }];
  });
}

/** Members of a room in the order in which people read them. */
export const ROOM_MEMBERS = ['type', 'title', 'isDefault', 'topic', 'description', 'welcome'] as const;
export type RoomMember = (typeof ROOM_MEMBERS)[number];

/** Which members of the room differ. */
export function roomDifferences(channel: DesiredChannel, room: ActualRoom): RoomMember[] {
  return ROOM_MEMBERS.filter((member) => room[member] !== channel[member]);
}

function channelDifferences(channel: DesiredChannel, { rooms, linked }: ActualState): Difference[] {
  const room = rooms.get(channel.key);
  const differ = (member: string, from: PlanValue, to: PlanValue): Difference => ({
    kind: 'channel',
    id: `${channel.key}.${member}`,
    from,
    to,
  });
  if (room === undefined) return ROOM_MEMBERS.map((member) => differ(member, null, channel[member]));
  return [
    ...(linked.has(channel.key) ? [] : [differ('room', null, room.id)]),
    ...(room.archived ? [differ('archived', true, false)] : []),
    ...roomDifferences(channel, room).map((member) => differ(member, room[member], channel[member])),
  ];
}

/** The address part is made by the server: it is known only when the room bears its title. */
function addressOf(channel: DesiredChannel | undefined, { rooms }: ActualState): string {
  if (channel === undefined) return '';
  const room = rooms.get(channel.key);
  return room?.title === channel.title ? room.name : `(address of ${channel.title})`;
}

function clientDifferences({ clientId, problems }: ClientState): Difference[] {
  if (clientId === null) return [{ kind: 'client', id: 'registration', from: null, to: 'new application' }];
  return problems.map((problem) => ({ kind: 'client', ...problem }));
}

function providerDifferences({ provider }: DesiredState, actual: ActualState, client: ClientState): Difference[] {
  if (provider === null) return [];
  const id = (field?: CustomOAuthField): string => customOAuthSettingId(PROVIDER, field);
  const fields = Object.entries(provider.fields) as [CustomOAuthField, SettingValue][];
  return [
    ...fields.flatMap(([field, to]) => setting(actual, 'provider', id(field), to)),
    ...setting(actual, 'provider', id('id'), client.clientId ?? '(client id of the new application)'),
    ...secret(actual, id('secret'), client),
    ...setting(actual, 'provider', id(), true),
  ];
}

function secret(actual: ActualState, id: string, client: ClientState): Difference[] {
  if (client.secretFits) return [];
  const from = actual.settings.get(id) ? '(another secret)' : null;
  return [{ kind: 'provider', id, from, to: '(secret of the application)' }];
}

/** A webhook as it is written there; `channel` waits for the address of its room. */
export function webhookMembers({ channel, event, urls }: DesiredWebhook, desired: DesiredState, actual: ActualState) {
  const at = 'channel' in channel ? desired.channels.find(({ key }) => key === channel.channel) : undefined;
  return {
    enabled: true,
    username: actual.self,
    channel: 'channel' in channel ? [`#${addressOf(at, actual)}`] : channel,
    event,
    urls,
  };
}

function webhookDifferences(
  webhook: DesiredWebhook,
  desired: DesiredState,
  actual: ActualState,
  token: string,
): Difference[] {
  const there = actual.webhooks.get(webhook.key);
  const wanted = webhookMembers(webhook, desired, actual);
  const differ = (member: string, from: PlanValue, to: PlanValue): Difference => ({
    kind: 'webhook',
    id: `${webhook.key}.${member}`,
    from,
    to,
  });
  const members = Object.entries(wanted).flatMap(([member, to]): Difference[] => {
    if (there === undefined) return to === null || same(to, []) ? [] : [differ(member, null, to)];
    const from = there[member as keyof typeof wanted] ?? null;
    return same(from ?? [], to ?? []) ? [] : [differ(member, from, to)];
  });
  // The token of the other direction is made by the server.
  const needsToken = webhook.type === 'webhook-outgoing' && there?.token !== token;
  const shown = there?.token ? '(another token)' : null;
  return needsToken ? [...members, differ('token', shown, '(token of the portal)')] : members;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
