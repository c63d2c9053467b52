import {
  collect,
  customOAuthSettingId,
  type RocketChatClient,
  type RocketChatIntegration,
  type RocketChatRoom,
  type SettingValue,
} from '@besedka/rocketchat';
import { PROVIDER, type DesiredChannel, type DesiredState } from './desired-state.js';

/** A room as far as the desired state knows rooms. */
export interface ActualRoom {
  readonly id: string;
  /** The address part. */
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly isDefault: boolean;
  readonly topic: string;
  readonly description: string;
  readonly welcome: string;
  readonly archived: boolean;
}

/** What was found there. `apply` keeps it in step with what it writes, and reads it anew at the end. */
export interface ActualState {
  readonly settings: Map<string, SettingValue>;
  readonly permissions: Map<string, readonly string[]>;
  /** Channel of ours → its room, by the stored id or, before there is one, by title or key. */
  readonly rooms: Map<string, ActualRoom>;
  /** Channels whose room is noted. */
  readonly linked: Set<string>;
  /** Strangers are offered our provider. */
  providerIsPublic: boolean;
  /** Ours by their names, the first of each: key → webhook. */
  readonly webhooks: Map<string, RocketChatIntegration>;
  /** User name of the account that the bridge works as: webhooks write in its name. */
  readonly self: string;
}

/**
 * Reads the real state with few calls: settings by pages, all rooms by one list, then each of ours for what the list leaves out.
 * @param links channel → stored room id
 * @throws RocketChatError
 */
export async function readActualState(
  rocket: RocketChatClient,
  { channels, webhooks }: Pick<DesiredState, 'channels' | 'webhooks'>,
  links: ReadonlyMap<string, string>,
): Promise<ActualState> {
  const settings = new Map<string, SettingValue>();
  for await (const { _id, value } of rocket.settings.list({ includeDefaults: true })) {
    if (value !== undefined) settings.set(_id, value);
  }
  const permissions = new Map((await rocket.permissions.list()).map(({ _id, roles }) => [_id, roles]));
  const all = await collect(rocket.rooms.adminRooms({ types: ['c', 'p'] }));
  const rooms = new Map<string, ActualRoom>();
  const linked = new Set<string>();
  const taken = new Set(links.values());
  for (const channel of channels) {
    const stored = all.find(({ _id }) => _id === links.get(channel.key));
    const found = stored ?? unlinkedRoom(all, channel, taken);
    if (found === undefined) continue;
    taken.add(found._id);
    if (stored !== undefined) linked.add(channel.key);
    // The list may leave out texts. A private group of somebody else is not told otherwise.
    rooms.set(channel.key, toRoom({ ...found, ...(await rocket.rooms.find({ roomId: found._id })) }));
  }
  const services = await rocket.settings.oauthServices();
  const providerIsPublic = services.some(({ service, name }) => (service ?? name) === PROVIDER);
  const integrations = await collect(rocket.integrations.list());
  const ours = webhooks.flatMap(({ key, name, type }) => {
    const found = integrations.find((one) => one.name === name && one.type === type);
    return found === undefined ? [] : [[key, found] as const];
  });
  const self = (await rocket.auth.me()).username ?? '';
  return { settings, permissions, rooms, linked, providerIsPublic, webhooks: new Map(ours), self };
}

/** A room that is ours although its id is not noted: made by a run that was cut off, or there from the start as `general`. */
function unlinkedRoom(
  all: readonly RocketChatRoom[],
  { title, key }: DesiredChannel,
  taken: ReadonlySet<string>,
): RocketChatRoom | undefined {
  const free = all.filter(({ _id }) => !taken.has(_id));
  return free.find(({ fname }) => fname === title) ?? free.find(({ name }) => name === key);
}

export function toRoom(room: RocketChatRoom): ActualRoom {
  return {
    id: room._id,
    name: room.name ?? '',
    title: room.fname ?? room.name ?? '',
    type: room.t,
    isDefault: room.default === true,
    topic: room.topic ?? '',
    description: room.description ?? '',
    welcome: room.announcement ?? '',
    archived: room.archived === true,
  };
}

/** Client id and secret that Rocket.Chat sends to us; empty when there are none. */
export function clientThere({ settings }: ActualState): { id: string; secret: string } {
  const text = (field: 'id' | 'secret'): string => {
    const value = settings.get(customOAuthSettingId(PROVIDER, field));
    return typeof value === 'string' ? value : '';
  };
  return { id: text('id'), secret: text('secret') };
}
