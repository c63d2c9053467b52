import { customOAuthSettingId, type CustomOAuthField, type SettingValue } from '@besedka/rocketchat';
import type { ActualRoom, ActualState } from './actual-state.js';
import { type DesiredChannel, type DesiredState, FIRST_CHANNEL, PROVIDER } from './desired-state.js';

/** The steps of `apply`, in their order: rooms need the setting for their names, the provider its client. */
export const STEPS = ['settings', 'permissions', 'channels', 'first-channel', 'client', 'provider', 'service'] as const;
export type Step = (typeof STEPS)[number];

/** A value in a plan; null: it is not there. Secrets are words about a secret, never the secret. */
export type PlanValue = SettingValue | readonly string[];

/** One thing that is not as it shall be. */
export interface Difference {
  readonly kind: 'setting' | 'permission' | 'channel' | 'client' | 'provider' | 'service';
  /** Setting id, permission, `channel.member` or member of our client. */
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

/** What a step has to change, and nothing when it is done. @param client null when people are signed in without one */
export function differencesOf(
  step: Step,
  desired: DesiredState,
  actual: ActualState,
  client: ClientState | null,
): Difference[] {
  switch (step) {
    case 'settings':
      return Object.entries(desired.settings).flatMap(([id, to]) => setting(actual, 'setting', id, to));
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
  }
}

/** Everything that `apply` would change, in its order. */
export function planOf(desired: DesiredState, actual: ActualState, client: ClientState | null): Difference[] {
  return STEPS.flatMap((step) => differencesOf(step, desired, actual, client));
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
const ROOM_MEMBERS = ['type', 'title', 'isDefault', 'topic', 'description', 'welcome'] as const;
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
