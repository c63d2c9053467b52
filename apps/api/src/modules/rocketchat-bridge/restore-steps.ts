import {
  customOAuthSettingId,
  type IntegrationToCreate,
  isRocketChatError,
  type SettingValue,
} from '@besedka/rocketchat';
import { FIRST_CHANNEL, PROVIDER } from './desired-state.js';
import type { Difference } from './plan.js';
import type { Found } from './provisioning-ground.js';
import {
  hooksMadeSince,
  type KeptChannel,
  keptAddresses,
  keptFirstChannel,
  keptToken,
  keptValue,
  type KeptWebhook,
  type RestoreStep,
  type RestoreView,
  roomsMadeSince,
} from './restore-plan.js';
import type { RoomLinksRepository } from './room-links.repository.js';
import { makeRoom, writeSettings } from './steps.js';

export interface RestoreRun extends RestoreView {
  readonly rocket: Found['rocket'];
  readonly links: RoomLinksRepository;
}

const PROVIDER_ID = customOAuthSettingId(PROVIDER);

/** Makes one step so, and writes nothing but its differences; `actual` follows. @throws RocketChatError */
export async function performRestore(
  step: RestoreStep,
  run: RestoreRun,
  differences: readonly Difference[],
): Promise<void> {
  const { rocket, actual, file } = run;
  const ids = new Set(differences.map(({ id }) => id));
  switch (step) {
    case 'settings':
      return writeSettings(run, valuesOf(run, [...ids]));
    case 'permissions':
      for (const id of ids) {
        const roles = file.permissions[id] ?? [];
        await rocket.permissions.setRoles(id, roles);
        actual.permissions.set(id, roles);
      }
      return;
    case 'channels':
      for (const kept of file.channels) {
        if (differences.some(({ id }) => id.startsWith(`${kept.key}.`))) await restoreRoom(run, kept);
      }
      for (const key of roomsMadeSince(run)) await archive(run, key);
      return;
    case 'first-channel':
      return writeSettings(run, { [FIRST_CHANNEL]: keptFirstChannel(run) ?? '' });
    case 'provider':
      return restoreProvider(run, [...ids]);
    case 'service':
      await rocket.settings.refreshOAuthServices();
      actual.providerIsPublic = !actual.providerIsPublic;
      return;
    case 'webhooks':
      for (const kept of file.webhooks) {
        if (differences.some(({ id }) => id.startsWith(`${kept.key}.`))) await restoreWebhook(run, kept);
      }
      for (const key of hooksMadeSince(run)) {
        const hook = actual.webhooks.get(key);
        if (hook !== undefined) await rocket.integrations.remove(hook, { compared: true });
        actual.webhooks.delete(key);
      }
      return;
    case 'members':
      for (const kept of file.channels) await restoreMembers(run, kept, ids);
  }
}

function valuesOf(run: RestoreRun, ids: readonly string[]): Record<string, SettingValue> {
  return Object.fromEntries(ids.map((id) => [id, keptValue(id, run) ?? null]));
}

async function restoreRoom(run: RestoreRun, kept: KeptChannel): Promise<void> {
  await makeRoom(run, kept);
  if (kept.archived) await archive(run, kept.key);
}

async function archive({ rocket, actual }: RestoreRun, key: string): Promise<void> {
  const room = actual.rooms.get(key);
  if (room === undefined) return;
  await (room.type === 'c' ? rocket.channels : rocket.groups).archive(room.id, { compared: true });
  actual.rooms.set(key, { ...room, archived: true });
}

async function restoreProvider(run: RestoreRun, ids: readonly string[]): Promise<void> {
  const { rocket, actual, file } = run;
  if (!file.provider) {
    await rocket.settings.removeCustomOAuth(PROVIDER, { compared: true });
    for (const id of [...actual.settings.keys()]) if (id.startsWith(PROVIDER_ID)) actual.settings.delete(id);
    await rocket.settings.refreshOAuthServices();
    actual.providerIsPublic = false;
    return;
  }
  if (!actual.settings.has(PROVIDER_ID)) {
    await rocket.settings.addCustomOAuth(PROVIDER, { compared: true });
    actual.settings.set(PROVIDER_ID, false);
  }
  const { [PROVIDER_ID]: switched, ...fields } = valuesOf(run, ids);
  // Off first and on last: nobody should meet it half done.
  if (switched === false) await writeSettings(run, { [PROVIDER_ID]: false });
  if (Object.keys(fields).length > 0) await writeSettings(run, fields);
  if (switched === true) await writeSettings(run, { [PROVIDER_ID]: true });
  await rocket.settings.refreshOAuthServices();
  actual.providerIsPublic = actual.settings.get(PROVIDER_ID) === true;
}

async function restoreWebhook(run: RestoreRun, kept: KeptWebhook): Promise<void> {
  const { rocket, actual } = run;
  const common = {
    ...{ name: kept.name, enabled: kept.enabled, username: actual.self, channel: keptAddresses(kept, run).join(',') },
    ...(kept.alias !== null && { alias: kept.alias }),
  };
  const wanted: IntegrationToCreate =
    kept.type === 'webhook-incoming'
      ? { ...common, type: 'webhook-incoming' }
      : {
          ...{ ...common, type: 'webhook-outgoing', urls: kept.urls, token: keptToken(kept, run) },
          ...{ event: eventOf(kept), retryFailedCalls: false },
        };
  const there = actual.webhooks.get(kept.key);
  if (there === undefined) actual.webhooks.set(kept.key, await rocket.integrations.create(wanted));
  else {
    await rocket.integrations.update(there._id, wanted);
    actual.webhooks.set(kept.key, await rocket.integrations.get(there._id));
  }
}

type OutgoingEvent = Extract<IntegrationToCreate, { type: 'webhook-outgoing' }>['event'];

/** As the file says; the server refuses what it does not know. */
const eventOf = ({ event }: KeptWebhook): OutgoingEvent => (event ?? 'sendMessage') as OutgoingEvent;

/** One whom the server refuses stays out and is told at the end; the others come in. */
async function restoreMembers(run: RestoreRun, { key, members }: KeptChannel, ids: ReadonlySet<string>): Promise<void> {
  const { rocket, actual, people, access } = run;
  const room = actual.rooms.get(key);
  if (room === undefined) return;
  const family = room.type === 'c' ? rocket.channels : rocket.groups;
  for (const { username, roles } of members) {
    const userId = people.get(username);
    if (userId === undefined || !ids.has(`${key}.${username}`)) continue;
    const member = { roomId: room.id, userId };
    try {
      await family.invite(member);
      if (access.has(username)) continue;
      if (roles.includes('owner')) await family.addOwner(member);
      if (roles.includes('moderator')) await family.addModerator(member);
      if (roles.includes('leader')) await family.addLeader(member);
    } catch (error) {
      if (!isRocketChatError(error, 'refused', 'not-found', 'conflict')) throw error;
    }
  }
}
