import {
  ROCKETCHAT_BACKUP_FORMAT,
  ROCKETCHAT_BACKUP_VERSION,
  type RocketChatBackupFile,
  rocketChatBackupFile,
} from '@besedka/contracts';
import { collect, customOAuthSettingId, type RocketChatSetting } from '@besedka/rocketchat';
import { FIRST_CHANNEL, FRAME_SIGN_IN, PROVIDER } from './desired-state.js';
import { membersOf } from './room-members.js';
import type { Found } from './provisioning-ground.js';
import type { SealedTexts } from './sealed-text.js';

const PROVIDER_ID = customOAuthSettingId(PROVIDER);

/** A setting of our provider, its switch included. */
export const isOfProvider = (id: string): boolean => id === PROVIDER_ID || id.startsWith(`${PROVIDER_ID}-`);

/** Says who an installation is, or is nothing that can be written back. */
const NEVER = /^(?:uniqueID$|Cloud_|Deployment_|Enterprise_License|Register_Server|Statistics_|Assets_)/;
const NO_VALUES = new Set(['action', 'asset', 'group']);
/** Rather one too many: what is sealed is lost to another portal only. */
const SECRET = /(?:secret|password|passwd|passphrase|key|token|credentials?|service_?account|cert(?:ificate)?)$/i;

/** Texts of such settings are sealed. */
export const isSecret = ({
  _id,
  type,
  ...more
}: Pick<RocketChatSetting, '_id' | 'type'> & { secret?: unknown }): boolean =>
  type === 'password' || more.secret === true || SECRET.test(_id);

export interface BackupSource {
  readonly portal: { readonly version: string; readonly url: string };
  readonly url: string;
  /** `owned`: only settings that the portal writes; `all`: besides, every setting that differs from what the server came with. */
  readonly settings: 'owned' | 'all';
  readonly secrets: SealedTexts;
}

/** The state there as one document without a readable secret. @throws RocketChatError */
export async function backupOf(found: Found, source: BackupSource): Promise<RocketChatBackupFile> {
  const { rocket, desired, actual, server } = found;
  const owned = new Set([
    ...Object.keys(desired.settings),
    ...Object.keys(desired.whereKnown),
    ...FRAME_SIGN_IN,
    FIRST_CHANNEL,
  ]);
  const settings: RocketChatBackupFile['settings'] = {};
  const all = await collect(rocket.settings.list({ includeDefaults: true }));
  // A server that does not tell what it came with: then everything may have been changed.
  const tellsDefaults = all.some(({ packageValue }) => packageValue !== undefined);
  for (const setting of all) {
    const { _id: id, value, packageValue, type } = setting;
    if (value === undefined) continue;
    const isOwned = owned.has(id) || isOfProvider(id);
    const differs = tellsDefaults ? packageValue !== undefined && packageValue !== value : true;
    const isChanged = differs && !NEVER.test(id) && !NO_VALUES.has(type ?? '');
    if (!isOwned && !(source.settings === 'all' && isChanged)) continue;
    const hides = isSecret(setting) && typeof value === 'string' && value !== '';
    settings[id] = hides ? { sealed: source.secrets.seal(id, value) } : value;
  }
  const channels: RocketChatBackupFile['channels'] = [];
  for (const { key } of desired.channels) {
    const room = actual.rooms.get(key);
    if (room === undefined) continue;
    const { id: roomId, name, title, isDefault, topic, description, welcome, archived } = room;
    const type = room.type === 'p' ? 'p' : 'c';
    const members = [...(await membersOf(rocket, room)).values()].map(({ username, roles }) => ({ username, roles }));
    channels.push({ key, roomId, name, title, type, isDefault, topic, description, welcome, archived, members });
  }
  const permissions: RocketChatBackupFile['permissions'] = {};
  for (const id of Object.keys(desired.permissions)) {
    const roles = actual.permissions.get(id);
    if (roles !== undefined) permissions[id] = [...roles];
  }
  const webhooks = [...actual.webhooks].map(([key, hook]) => ({
    ...{ key, type: hook.type, name: hook.name ?? '', enabled: hook.enabled === true, username: hook.username ?? '' },
    ...{ channel: hook.channel, event: hook.event ?? null, urls: hook.urls ?? [], alias: hook.alias || null },
    token: hook.token ? { sealed: source.secrets.seal(`webhook ${key}`, hook.token) } : null,
  }));
  return {
    format: ROCKETCHAT_BACKUP_FORMAT,
    formatVersion: ROCKETCHAT_BACKUP_VERSION,
    createdAt: new Date().toISOString(),
    portal: source.portal,
    server: { version: server.version.text, url: source.url },
    settings,
    provider: actual.settings.has(PROVIDER_ID),
    permissions,
    channels,
    webhooks,
  };
}

/** Reads what somebody brought. @returns a sentence about the first thing that is wrong, instead of a backup */
export function parseBackup(text: string): RocketChatBackupFile | string {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return 'This file is no JSON document.';
  }
  const { format, formatVersion } = (content ?? {}) as Partial<Record<keyof RocketChatBackupFile, unknown>>;
  if (format !== ROCKETCHAT_BACKUP_FORMAT) return 'This file is no backup that rocketchat backup has written.';
  if (formatVersion !== ROCKETCHAT_BACKUP_VERSION) {
    return `This backup has the format version ${String(formatVersion)}; this build reads ${ROCKETCHAT_BACKUP_VERSION}.`;
  }
  const parsed = rocketChatBackupFile.safeParse(content);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  return `This backup is damaged at "${at}".`;
}
