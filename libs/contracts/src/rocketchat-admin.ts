/** What admins see of an embedded Rocket.Chat: its setting up, its proof, its backups. Engines and rooms are in `rocketchat.ts`. */
import { z } from 'zod';
import { ROCKETCHAT_VERIFY_CHECKS } from './rocketchat-steps.js';
import { ROCKETCHAT_MODES } from './rocketchat.js';

// Setting up: plan, apply, drift

export const ROCKETCHAT_DIFFERENCE_KINDS = [
  'setting',
  'permission',
  'channel',
  'client',
  'provider',
  'service',
  'webhook',
  'member',
] as const;
export type RocketChatDifferenceKind = (typeof ROCKETCHAT_DIFFERENCE_KINDS)[number];

/** A value as people read it; null: it is not there. Secrets are words about a secret, never the secret. */
const shownValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
]);

/** One thing that is not as it shall be. `id`: setting id, permission, `channel.member`, member of our registration, `webhook.member`, `channel.user`. */
export const rocketChatDifference = z
  .object({ kind: z.enum(ROCKETCHAT_DIFFERENCE_KINDS), id: z.string(), from: shownValue, to: shownValue })
  .meta({ id: 'RocketChatDifference' });
export type RocketChatDifference = z.infer<typeof rocketChatDifference>;

const head = {
  /** As the server tells it. */
  version: z.string(),
  mode: z.enum(ROCKETCHAT_MODES),
  /** Versions that must not be used, and what keeps everybody from signing in, in plain words. */
  warnings: z.array(z.string()),
};

/** What `plan` found. */
export const rocketChatPlan = z
  .object({ ...head, differences: z.array(rocketChatDifference) })
  .meta({ id: 'RocketChatPlan' });
export type RocketChatPlan = z.infer<typeof rocketChatPlan>;

/** What `apply` did. `remaining`: what the server lets nobody change over its API. */
export const rocketChatApplied = z
  .object({ ...head, changed: z.array(rocketChatDifference), remaining: z.array(rocketChatDifference) })
  .meta({ id: 'RocketChatApplied' });
export type RocketChatApplied = z.infer<typeof rocketChatApplied>;

/** The last look of the nightly check, or of somebody who asked for one. */
export const rocketChatDrift = rocketChatPlan.extend({ checkedAt: z.iso.datetime() }).meta({ id: 'RocketChatDrift' });
export type RocketChatDrift = z.infer<typeof rocketChatDrift>;

// Proof: verify

/** Why a check failed. `not_run`: an earlier one failed that it needs. */
export const ROCKETCHAT_VERIFY_CAUSES = [
  'not_run',
  'unreachable',
  'provider_missing',
  'provider_differs',
  'iframe_auth_off',
  'frame_forbidden_by_header',
  'frame_forbidden_by_policy',
  'portal_unreachable',
  'portal_refused',
  'callback_refused',
  'client_secret_wrong',
  'token_secret_missing',
  'token_secret_wrong',
  'sign_in_refused',
  'another_account',
  'not_in_channel',
  'unread_unchanged',
  'session_alive',
  'cleanup_failed',
  'refused_by_rocketchat',
] as const;
export type RocketChatVerifyCause = (typeof ROCKETCHAT_VERIFY_CAUSES)[number];

/** One check. `facts` are safe short texts for its sentence (an address, a header's value), never a secret. */
export const rocketChatVerifyResult = z
  .object({
    id: z.enum(ROCKETCHAT_VERIFY_CHECKS),
    ok: z.boolean(),
    /** Null when it is well. */
    cause: z.enum(ROCKETCHAT_VERIFY_CAUSES).nullable(),
    facts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'RocketChatVerifyResult' });
export type RocketChatVerifyResult = z.infer<typeof rocketChatVerifyResult>;

/** What `verify` found; well when every check is. */
export const rocketChatVerification = z
  .object({ ...head, ok: z.boolean(), checks: z.array(rocketChatVerifyResult) })
  .meta({ id: 'RocketChatVerification' });
export type RocketChatVerification = z.infer<typeof rocketChatVerification>;

// Backups: backup, restore, rollback

/** A secret, encrypted with a key out of AUTH_SECRET: of use to this portal only. */
const sealed = z.strictObject({ sealed: z.string().max(20_000) });
const kept = z.union([sealed, shownValue]);
const name = z.string().min(1).max(500);

const keptMember = z.strictObject({
  username: name,
  /** Marks in this room: `owner`, `moderator`, `leader`. */
  roles: z.array(z.string().max(100)).max(20),
});
const keptChannel = z.strictObject({
  /** Ours, e.g. `general`. */
  key: z.string().min(1).max(100),
  roomId: name,
  name: z.string().max(500),
  title: z.string().max(500),
  type: z.enum(['c', 'p']),
  isDefault: z.boolean(),
  topic: z.string().max(5000),
  description: z.string().max(5000),
  welcome: z.string().max(20_000),
  archived: z.boolean(),
  members: z.array(keptMember).max(100_000),
});
const keptWebhook = z.strictObject({
  /** Ours, e.g. `messages`. */
  key: z.string().min(1).max(100),
  type: z.enum(['webhook-incoming', 'webhook-outgoing']),
  name,
  enabled: z.boolean(),
  username: name,
  channel: z.array(z.string().max(500)).max(1000),
  event: z.string().max(100).nullable(),
  urls: z.array(z.string().max(2000)).max(100),
  alias: z.string().max(500).nullable(),
  token: sealed.nullable(),
});

export const ROCKETCHAT_BACKUP_FORMAT = 'besedka-rocketchat-backup';
/** Raised when a file of the former number can no longer be read as it is. */
export const ROCKETCHAT_BACKUP_VERSION = 1;

/** A backup as one JSON file. */
export const rocketChatBackupFile = z
  .strictObject({
    format: z.literal(ROCKETCHAT_BACKUP_FORMAT),
    formatVersion: z.literal(ROCKETCHAT_BACKUP_VERSION),
    createdAt: z.iso.datetime(),
    portal: z.strictObject({ version: z.string().max(100), url: z.string().max(2000) }),
    server: z.strictObject({ version: z.string().max(100), url: z.string().max(2000) }),
    /** Every setting that the portal sets or that differs from what the server came with, those of the provider included. */
    settings: z.record(z.string().max(500), kept),
    /** Whether there was a provider of ours. */
    provider: z.boolean(),
    permissions: z.record(z.string().max(500), z.array(z.string().max(500)).max(1000)),
    channels: z.array(keptChannel).max(1000),
    webhooks: z.array(keptWebhook).max(100),
  })
  .meta({ id: 'RocketChatBackupFile' });
export type RocketChatBackupFile = z.infer<typeof rocketChatBackupFile>;

/** Why a backup was kept: before a run of `apply`, `restore` or `rollback`. */
export const ROCKETCHAT_BACKUP_REASONS = ['apply', 'restore', 'rollback'] as const;
export type RocketChatBackupReason = (typeof ROCKETCHAT_BACKUP_REASONS)[number];

/** A backup that the portal has kept by itself. */
export const rocketChatBackup = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    reason: z.enum(ROCKETCHAT_BACKUP_REASONS),
    serverVersion: z.string(),
    channels: z.int().min(0),
    settings: z.int().min(0),
  })
  .meta({ id: 'RocketChatBackup' });
export type RocketChatBackup = z.infer<typeof rocketChatBackup>;
/** The latest first. */
export const rocketChatBackups = z.object({ items: z.array(rocketChatBackup) }).meta({ id: 'RocketChatBackups' });
export type RocketChatBackups = z.infer<typeof rocketChatBackups>;

/** What a restore leaves out, and why; nothing is left out silently. */
export const ROCKETCHAT_SKIP_REASONS = [
  /** There is no such account in Rocket.Chat. */
  'no_such_account',
  /** The portal's roles do not let this person into the channel (any more). */
  'not_allowed',
  /** Sealed with another AUTH_SECRET. */
  'sealed_elsewhere',
  /** This server's version or licence does not know it. */
  'unknown_here',
  /** The server refuses it without a licence. */
  'needs_licence',
  /** The token of a new incoming webhook: only the server can make it. */
  'made_anew',
] as const;
export type RocketChatSkipReason = (typeof ROCKETCHAT_SKIP_REASONS)[number];
export const rocketChatSkipped = z
  .object({ kind: z.enum(ROCKETCHAT_DIFFERENCE_KINDS), id: z.string(), reason: z.enum(ROCKETCHAT_SKIP_REASONS) })
  .meta({ id: 'RocketChatSkipped' });
export type RocketChatSkipped = z.infer<typeof rocketChatSkipped>;

/** What a restore or rollback would do. */
export const rocketChatRestorePlan = z
  .object({
    version: z.string(),
    /** Moment of the backup. */
    createdAt: z.iso.datetime(),
    differences: z.array(rocketChatDifference),
    skipped: z.array(rocketChatSkipped),
  })
  .meta({ id: 'RocketChatRestorePlan' });
export type RocketChatRestorePlan = z.infer<typeof rocketChatRestorePlan>;

/** What a restore or rollback did. `remaining`: what the server lets nobody change over its API. */
export const rocketChatRestored = z
  .object({
    version: z.string(),
    createdAt: z.iso.datetime(),
    changed: z.array(rocketChatDifference),
    remaining: z.array(rocketChatDifference),
    skipped: z.array(rocketChatSkipped),
  })
  .meta({ id: 'RocketChatRestored' });
export type RocketChatRestored = z.infer<typeof rocketChatRestored>;
