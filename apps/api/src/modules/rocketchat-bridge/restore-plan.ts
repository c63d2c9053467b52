import type { RocketChatBackupFile, RocketChatSkipped, RocketChatStep } from '@besedka/contracts';
import { CUSTOM_OAUTH_LICENSED_FIELDS, customOAuthSettingId, type SettingValue } from '@besedka/rocketchat';
import type { ActualState } from './actual-state.js';
import { isOfProvider } from './backup-content.js';
import { type DesiredState, FIRST_CHANNEL, PROVIDER } from './desired-state.js';
import { type Difference, type PlanValue, ROOM_MEMBERS } from './plan.js';
import type { RoomMemberThere } from './room-members.js';
import type { SealedTexts } from './sealed-text.js';

export type KeptChannel = RocketChatBackupFile['channels'][number];
export type KeptWebhook = RocketChatBackupFile['webhooks'][number];

/** What the portal says about somebody: which channels are open to them. Missing: it does not know the name. */
export interface PortalAccess {
  readonly channels: ReadonlySet<string>;
}

/** What a backup is compared with. */
export interface RestoreView {
  readonly file: RocketChatBackupFile;
  /** What was left out of the file from the start. */
  readonly leftOut: readonly RocketChatSkipped[];
  readonly secrets: SealedTexts;
  readonly actual: ActualState;
  /** Making a provider needs a licence here. */
  readonly providerNeedsLicence: boolean;
  /** Token of the portal's own webhook, for one whose token cannot be read. */
  readonly webhookToken: string;
  /** Channel → who is in its room now. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, RoomMemberThere>>;
  /** User name → id there, of everybody in the backup. */
  readonly people: ReadonlyMap<string, string>;
  readonly access: ReadonlyMap<string, PortalAccess>;
}

export interface StepPlan {
  readonly differences: readonly Difference[];
  readonly skipped: readonly RocketChatSkipped[];
}

/** The steps of a restore, in their order. The portal's own registration is not there to be restored. */
export const RESTORE_STEPS = [
  'settings',
  'permissions',
  'channels',
  'first-channel',
  'provider',
  'service',
  'webhooks',
  'members',
] as const satisfies readonly RocketChatStep[];
export type RestoreStep = (typeof RESTORE_STEPS)[number];

const PROVIDER_ID = customOAuthSettingId(PROVIDER);
const LICENSED = new Set(CUSTOM_OAUTH_LICENSED_FIELDS.map((field) => customOAuthSettingId(PROVIDER, field)));

/** Without channels and webhooks that this build does not know, and those: a file may come from another one. */
export function knownParts(
  file: RocketChatBackupFile,
  { channels, webhooks }: Pick<DesiredState, 'channels' | 'webhooks'>,
): { file: RocketChatBackupFile; skipped: RocketChatSkipped[] } {
  const isOurs = (all: readonly { readonly key: string }[], key: string): boolean => all.some((one) => one.key === key);
  const reason = 'unknown_here';
  return {
    file: {
      ...file,
      channels: file.channels.filter(({ key }) => isOurs(channels, key)),
      webhooks: file.webhooks.filter(({ key }) => isOurs(webhooks, key)),
    },
    skipped: [
      ...file.channels.flatMap(({ key: id }) =>
        isOurs(channels, id) ? [] : [{ kind: 'channel' as const, id, reason } as const],
      ),
      ...file.webhooks.flatMap(({ key: id }) =>
        isOurs(webhooks, id) ? [] : [{ kind: 'webhook' as const, id, reason } as const],
      ),
    ],
  };
}

/** What one step would change, and what it leaves out. */
export function restoreStep(step: RestoreStep, view: RestoreView): StepPlan {
  const { file, actual } = view;
  switch (step) {
    case 'settings':
      return joined(
        Object.keys(file.settings)
          .filter((id) => !isOfProvider(id) && id !== FIRST_CHANNEL)
          .map((id) => setting('setting', id, view)),
      );
    case 'permissions':
      return joined(Object.keys(file.permissions).map((id) => permission(id, view)));
    case 'channels':
      return joined([...file.channels.map((channel) => keptChannel(channel, actual)), channelsMadeSince(view)]);
    case 'first-channel':
      return firstChannel(view);
    case 'provider':
      return provider(view);
    case 'service': {
      // A switch that differs is the provider's business: it takes this along.
      const isWanted = file.settings[PROVIDER_ID] === true;
      const follows = (actual.settings.get(PROVIDER_ID) === true) === isWanted;
      return !follows || isWanted === actual.providerIsPublic
        ? NOTHING
        : only('service', PROVIDER, ...offered(isWanted));
    }
    case 'webhooks':
      return joined([...file.webhooks.map((hook) => keptWebhook(hook, view)), webhooksMadeSince(view)]);
    case 'members':
      return joined(file.channels.map((channel) => members(channel, view)));
  }
}

/** The value that a kept setting shall have; undefined: it was sealed by another portal. */
export function keptValue(
  id: string,
  { file, secrets }: Pick<RestoreView, 'file' | 'secrets'>,
): SettingValue | undefined {
  const kept = file.settings[id];
  if (!isSealed(kept)) return kept;
  return secrets.open(id, kept.sealed) ?? undefined;
}

/** The address of the first channel: it follows its room, whose slug the server makes anew. */
export function keptFirstChannel(view: Pick<RestoreView, 'file' | 'secrets' | 'actual'>): SettingValue | undefined {
  const value = keptValue(FIRST_CHANNEL, view);
  return typeof value === 'string' ? movedAddress(value, view) : value;
}

/** Rooms that a webhook writes to or listens in, under the addresses that they have now. */
export function keptAddresses({ channel }: KeptWebhook, view: Pick<RestoreView, 'file' | 'actual'>): string[] {
  return channel.map((one) => (one.startsWith('#') ? `#${movedAddress(one.slice(1), view)}` : one));
}

/** Token of an outgoing webhook of the backup. */
export function keptToken({ key, token }: KeptWebhook, { secrets, webhookToken }: RestoreView): string {
  return (token === null ? null : secrets.open(`webhook ${key}`, token.sealed)) ?? webhookToken;
}

const NOTHING: StepPlan = { differences: [], skipped: [] };

function joined(parts: readonly StepPlan[]): StepPlan {
  return {
    differences: parts.flatMap(({ differences }) => differences),
    skipped: parts.flatMap(({ skipped }) => skipped),
  };
}

function only(kind: Difference['kind'], id: string, from: PlanValue, to: PlanValue): StepPlan {
  return { differences: [{ kind, id, from, to }], skipped: [] };
}

function skip(kind: RocketChatSkipped['kind'], id: string, reason: RocketChatSkipped['reason']): StepPlan {
  return { differences: [], skipped: [{ kind, id, reason }] };
}

const offered = (isWanted: boolean): [PlanValue, PlanValue] => (isWanted ? [null, 'offered'] : ['offered', null]);

function isSealed(kept: unknown): kept is { sealed: string } {
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept) && 'sealed' in kept;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function setting(kind: 'setting' | 'provider', id: string, view: RestoreView): StepPlan {
  const { file, actual } = view;
  const from = actual.settings.get(id);
  const to = keptValue(id, view);
  if (to === undefined) return skip(kind, id, 'sealed_elsewhere');
  if (from === undefined && !isOfProvider(id)) return skip(kind, id, 'unknown_here');
  if (same(from, to)) return NOTHING;
  if (!isSealed(file.settings[id])) return only(kind, id, from ?? null, to);
  return only(kind, id, from ? '(another secret)' : null, '(secret of the backup)');
}

function permission(id: string, { file, actual }: RestoreView): StepPlan {
  const from = actual.permissions.get(id);
  const to = file.permissions[id] ?? [];
  if (from === undefined) return skip('permission', id, 'unknown_here');
  return same([...from].sort(), [...to].sort()) ? NOTHING : only('permission', id, from, to);
}

function keptChannel(kept: KeptChannel, { rooms }: ActualState): StepPlan {
  const room = rooms.get(kept.key);
  const differ = (member: (typeof ROOM_MEMBERS)[number] | 'archived'): Difference[] => {
    const from = room?.[member] ?? null;
    return from === kept[member] || (room === undefined && member === 'archived' && !kept.archived)
      ? []
      : [{ kind: 'channel', id: `${kept.key}.${member}`, from, to: kept[member] }];
  };
  return { differences: [...ROOM_MEMBERS, 'archived' as const].flatMap(differ), skipped: [] };
}

/** Rooms of ours that were not there: archived, never deleted, because people have written in them. */
export function roomsMadeSince({ file, actual }: Pick<RestoreView, 'file' | 'actual'>): string[] {
  const kept = new Set(file.channels.map(({ key }) => key));
  return [...actual.rooms].flatMap(([key, { archived }]) => (kept.has(key) || archived ? [] : [key]));
}

function channelsMadeSince(view: RestoreView): StepPlan {
  return joined(roomsMadeSince(view).map((key) => only('channel', `${key}.archived`, false, true)));
}

function firstChannel(view: RestoreView): StepPlan {
  if (!(FIRST_CHANNEL in view.file.settings)) return NOTHING;
  const from = view.actual.settings.get(FIRST_CHANNEL) ?? null;
  const to = keptFirstChannel(view);
  return to === undefined || from === to ? NOTHING : only('setting', FIRST_CHANNEL, from, to);
}

function movedAddress(address: string, { file, actual }: Pick<RestoreView, 'file' | 'actual'>): string {
  const kept = file.channels.find(({ name }) => name === address);
  if (kept === undefined) return address;
  const room = actual.rooms.get(kept.key);
  return room?.title === kept.title ? room.name : `(address of ${kept.title})`;
}

function provider(view: RestoreView): StepPlan {
  const { file, actual, providerNeedsLicence } = view;
  const isThere = actual.settings.has(PROVIDER_ID);
  if (!file.provider) return isThere ? only('provider', PROVIDER_ID, 'there', null) : NOTHING;
  if (!isThere && providerNeedsLicence) return skip('provider', PROVIDER_ID, 'needs_licence');
  // Without a licence they read as nothing, whatever is written.
  const ids = Object.keys(file.settings).filter((id) => isOfProvider(id) && !LICENSED.has(id));
  return joined(ids.map((id) => setting('provider', id, view)));
}

const WEBHOOK_MEMBERS = ['enabled', 'channel', 'event', 'urls'] as const;

function keptWebhook(kept: KeptWebhook, view: RestoreView): StepPlan {
  const there = view.actual.webhooks.get(kept.key);
  const wanted = { ...kept, channel: keptAddresses(kept, view) };
  const differences = WEBHOOK_MEMBERS.flatMap((member): Difference[] => {
    const from = there?.[member] ?? null;
    const to = wanted[member];
    return same(from ?? [], to ?? []) ? [] : [{ kind: 'webhook', id: `${kept.key}.${member}`, from, to }];
  });
  if (kept.type === 'webhook-incoming') {
    const made = there === undefined && kept.token !== null;
    return joined([{ differences, skipped: [] }, made ? skip('webhook', `${kept.key}.token`, 'made_anew') : NOTHING]);
  }
  const isClosed = kept.token !== null && view.secrets.open(`webhook ${kept.key}`, kept.token.sealed) === null;
  const token: StepPlan =
    there?.token === keptToken(kept, view)
      ? NOTHING
      : only('webhook', `${kept.key}.token`, there?.token ? '(another token)' : null, '(token of the backup)');
  const closed = isClosed ? skip('webhook', `${kept.key}.token`, 'sealed_elsewhere') : NOTHING;
  return joined([{ differences, skipped: [] }, token, closed]);
}

/** Keys of webhooks of ours that were not there. */
export function hooksMadeSince({ file, actual }: Pick<RestoreView, 'file' | 'actual'>): string[] {
  const kept = new Set(file.webhooks.map(({ key }) => key));
  return [...actual.webhooks.keys()].filter((key) => !kept.has(key));
}

function webhooksMadeSince(view: RestoreView): StepPlan {
  return joined(hooksMadeSince(view).map((key) => only('webhook', `${key}.webhook`, 'there', null)));
}

/**
 * Who is missing comes back; nobody is put out. Where the portal knows somebody, its roles decide about today: a backup never lets
 * a former moderator in again, and marks of people of the portal follow their roles by themselves.
 */
function members({ key, members: kept }: KeptChannel, { actual, ...view }: RestoreView): StepPlan {
  const there = view.members.get(key) ?? new Map<string, RoomMemberThere>();
  return joined(
    kept.map(({ username, roles }) => {
      if (username === actual.self) return NOTHING;
      const id = `${key}.${username}`;
      const now = there.get(username);
      const access = view.access.get(username);
      const marks = access === undefined ? roles.filter((role) => !now?.roles.includes(role)) : [];
      if (now !== undefined && marks.length === 0) return NOTHING;
      if (access !== undefined && !access.channels.has(key)) return skip('member', id, 'not_allowed');
      if (!view.people.has(username)) return skip('member', id, 'no_such_account');
      const shown = now === undefined ? null : ['member', ...now.roles];
      return only('member', id, shown, ['member', ...(now?.roles ?? []), ...marks]);
    }),
  );
}
