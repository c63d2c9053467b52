import {
  customOAuthSettingId,
  type IntegrationToCreate,
  isRocketChatError,
  type RocketChatClient,
  type SettingValue,
} from '@besedka/rocketchat';
import type { RequestContext } from '../../common/context/request-context.js';
import { type ActualState, clientThere, toRoom } from './actual-state.js';
import type { BridgeClient, FoundClient } from './bridge-client.js';
import { type DesiredChannel, type DesiredState, PROVIDER, WIZARD } from './desired-state.js';
import { type Difference, differencesOf, type Ours, roomDifferences, type Step, webhookMembers } from './plan.js';
import type { RoomLinksRepository } from './room-links.repository.js';

/** What the steps of one run of `apply` share. */
export interface Run extends Ours {
  readonly ctx: RequestContext;
  readonly rocket: RocketChatClient;
  readonly desired: DesiredState;
  readonly actual: ActualState;
  readonly links: RoomLinksRepository;
  readonly clients: BridgeClient;
  client: FoundClient | null;
}

/**
 * Makes one step so and writes nothing but its differences. `actual` follows every write, so that the next step compares with what is
 * there now. Cut off anywhere, a later run finds the rest as differences.
 * @throws RocketChatError, StartupError
 */
export async function perform(step: Step, run: Run, differences: readonly Difference[]): Promise<void> {
  switch (step) {
    case 'settings':
    case 'first-channel':
      return writeSettings(run, valuesOf(differences));
    case 'permissions':
      for (const { id, to } of differences) {
        const roles = to as readonly string[];
        await run.rocket.permissions.grant(id, roles);
        run.actual.permissions.set(id, roles);
      }
      return;
    case 'channels':
      for (const channel of run.desired.channels) await makeRoom(run, channel);
      return;
    case 'client':
      return registerClient(run);
    case 'provider':
      return writeProvider(run);
    case 'service':
      return offerProvider(run);
    case 'webhooks':
      return writeWebhooks(run, differences);
    case 'members':
      throw new Error('members are the business of the membership sync');
  }
}

/** Values of setting differences; they hold no secrets. */
function valuesOf(differences: readonly Difference[]): Record<string, SettingValue> {
  return Object.fromEntries(differences.map(({ id, to }) => [id, to as SettingValue]));
}

/**
 * In one call where the server can, except for the wizard, which is read-only for many. What the server does not let anybody change
 * (pinned by its environment, unknown to its version) must not hold up the rest: it stays a difference and is reported at the end.
 */
export async function writeSettings(
  { rocket, actual }: Pick<Run, 'rocket' | 'actual'>,
  values: Record<string, SettingValue>,
): Promise<void> {
  const { [WIZARD]: wizard, ...rest } = values;
  const wrote = (ids: readonly string[]): void => {
    for (const id of ids) actual.settings.set(id, values[id] as SettingValue);
  };
  const one = async (id: string, value: SettingValue): Promise<void> => {
    try {
      await rocket.settings.set(id, value, { compared: true });
      wrote([id]);
    } catch (error) {
      if (!isUnchangeable(error)) throw error;
    }
  };
  if (Object.keys(rest).length > 0) {
    try {
      await rocket.settings.setAll(rest, { compared: true });
      wrote(Object.keys(rest));
    } catch (error) {
      if (!isUnchangeable(error)) throw error;
      for (const [id, value] of Object.entries(rest)) await one(id, value);
    }
  }
  if (wizard !== undefined) await one(WIZARD, wizard);
}

function isUnchangeable(error: unknown): boolean {
  return isRocketChatError(error, 'refused', 'not-found');
}

/** Makes the room or changes it, and notes its id: from then on its name may change. */
export async function makeRoom(
  { rocket, actual, links }: Pick<Run, 'rocket' | 'actual' | 'links'>,
  channel: DesiredChannel,
): Promise<void> {
  let room = actual.rooms.get(channel.key);
  if (room === undefined) {
    const family = channel.type === 'c' ? rocket.channels : rocket.groups;
    // A run that is cut off between this and the note finds it again by its title.
    room = toRoom(await family.create({ name: channel.title }));
  }
  if (!actual.linked.has(channel.key)) await links.link(channel.key, room.id);
  actual.linked.add(channel.key);
  const members = roomDifferences(channel, room);
  if (room.archived) await (room.type === 'c' ? rocket.channels : rocket.groups).unarchive(room.id, { compared: true });
  if (members.length > 0) {
    const has = (member: (typeof members)[number]): boolean => members.includes(member);
    await rocket.rooms.saveSettings(room.id, {
      ...(has('type') && { roomType: channel.type }),
      ...(has('title') && { roomName: channel.title }),
      ...(has('isDefault') && { default: channel.isDefault }),
      ...(has('topic') && { roomTopic: channel.topic }),
      ...(has('description') && { roomDescription: channel.description }),
      ...(has('welcome') && { roomAnnouncement: channel.welcome }),
    });
  }
  const after = members.length > 0 || room.archived ? await rocket.rooms.find({ roomId: room.id }) : undefined;
  actual.rooms.set(channel.key, after === undefined ? room : toRoom(after));
}

/** In our own database. A secret that was made with it goes to Rocket.Chat at once: it cannot be read again. */
async function registerClient(run: Run): Promise<void> {
  const { provider } = run.desired;
  if (provider === null || run.client === null) return;
  const secret = await run.clients.register(run.ctx, provider.client, run.client);
  const found = await run.clients.find(provider.client, clientThere(run.actual));
  run.client = { ...found, secret: secret ?? found.secret };
}

/** The provider through Rocket.Chat's own API (F27): made, then filled, then switched on. */
async function writeProvider(run: Run): Promise<void> {
  const { rocket, actual, client } = run;
  if (client === null || client.clientId === null) return;
  const id = customOAuthSettingId(PROVIDER);
  if (!actual.settings.has(id)) {
    await rocket.settings.addCustomOAuth(PROVIDER, { compared: true });
    actual.settings.set(id, false);
  }
  const secretId = customOAuthSettingId(PROVIDER, 'secret');
  const {
    [secretId]: secret,
    [id]: switched,
    ...fields
  } = valuesOf(differencesOf('provider', run.desired, actual, run));
  const values = {
    ...fields,
    ...(secret !== undefined && { [secretId]: await run.clients.secretFor(run.ctx, client) }),
  };
  if (Object.keys(values).length > 0) {
    await writeSettings(run, values);
    run.client = { ...client, secretFits: secret !== undefined || client.secretFits };
  }
  if (switched !== undefined) await writeSettings(run, { [id]: true });
  await offerProvider(run);
}

/** The server follows its settings by itself after two seconds; nobody should meet it half done. */
async function offerProvider({ rocket, actual }: Run): Promise<void> {
  await rocket.settings.refreshOAuthServices();
  actual.providerIsPublic = true;
}

/** Made or put right by their names. Two of one name are possible there, so a lost answer is looked for by the next run. */
async function writeWebhooks(run: Run, differences: readonly Difference[]): Promise<void> {
  const { rocket, desired, actual, webhookToken } = run;
  for (const webhook of desired.webhooks) {
    if (!differences.some(({ id }) => id.startsWith(`${webhook.key}.`))) continue;
    const { channel, event, urls, ...members } = webhookMembers(webhook, desired, actual);
    const common = { ...members, name: webhook.name, channel: channel.join(',') };
    const wanted: IntegrationToCreate =
      event === null
        ? { ...common, type: 'webhook-incoming' }
        : // A lost call is made up for by the next look: nothing needs to be sent again.
          { ...common, type: 'webhook-outgoing', event, urls: [...urls], token: webhookToken, retryFailedCalls: false };
    const there = actual.webhooks.get(webhook.key);
    if (there === undefined) actual.webhooks.set(webhook.key, await rocket.integrations.create(wanted));
    else {
      await rocket.integrations.update(there._id, wanted);
      actual.webhooks.set(webhook.key, await rocket.integrations.get(there._id));
    }
  }
}
