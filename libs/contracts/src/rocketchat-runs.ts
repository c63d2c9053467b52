/** The Integration page and the portal: runs of the bridge's commands, and how everything stands. What the commands find is in `rocketchat-admin.ts`. */
import { z } from 'zod';
import {
  ROCKETCHAT_BACKUP_REASONS,
  rocketChatApplied,
  rocketChatDrift,
  rocketChatPlan,
  rocketChatRestored,
  rocketChatRestorePlan,
  rocketChatVerification,
} from './rocketchat-admin.js';
import { ROCKETCHAT_REFUSALS } from './rocketchat-refusals.js';
import { ROCKETCHAT_MODES, rocketChatFinding, UNREAD_SOURCES } from './rocketchat.js';

/** What the page can have done; a plan comes before what cannot be taken back. */
export const ROCKETCHAT_RUN_KINDS = [
  'plan',
  'apply',
  'verify',
  'backup',
  'rollback-plan',
  'rollback',
  'restore-plan',
  'restore',
] as const;
export type RocketChatRunKind = (typeof ROCKETCHAT_RUN_KINDS)[number];

/** `interrupted`: its process ended before it did. Run it again: every command goes on from where things are. */
export const ROCKETCHAT_RUN_STATES = ['running', 'done', 'failed', 'interrupted'] as const;
export type RocketChatRunState = (typeof ROCKETCHAT_RUN_STATES)[number];

/** Where a run was begun: by somebody on the page, by a command in a terminal, or by the portal itself. */
export const ROCKETCHAT_RUN_ORIGINS = ['page', 'command-line', 'portal'] as const;
export type RocketChatRunOrigin = (typeof ROCKETCHAT_RUN_ORIGINS)[number];

/**
 * Why a run failed: what Rocket.Chat refused, or `settings` (ours are wrong or do not fit), `takeover` (somebody of the portal has the name
 * of an admin there and would become that admin), or `internal`.
 */
export const ROCKETCHAT_FAILURES = ['settings', 'takeover', ...ROCKETCHAT_REFUSALS, 'internal'] as const;
export type RocketChatFailure = (typeof ROCKETCHAT_FAILURES)[number];

export const rocketChatRunFailure = z
  .object({
    kind: z.enum(ROCKETCHAT_FAILURES),
    /** One sentence in English, as the command line tells it; never a secret. Null: nobody outside the logs may know. */
    sentence: z.string().nullable(),
    /** Short safe texts for the page's own sentence; `takeover`: `username`. */
    facts: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'RocketChatRunFailure' });
export type RocketChatRunFailure = z.infer<typeof rocketChatRunFailure>;

/** A step that was begun. `id` is one of `ROCKETCHAT_STEPS` or `ROCKETCHAT_VERIFY_CHECKS`; steps with nothing to do are not listed. */
export const rocketChatRunStep = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'failed', 'interrupted']),
    /** Differences that it has to make so; 0 where none are counted. */
    changes: z.int().min(0),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RocketChatRunStep' });
export type RocketChatRunStep = z.infer<typeof rocketChatRunStep>;

/** A backup that can be downloaded, and restored. `manual`: somebody made it by hand; the others were kept before a run that wrote. */
export const rocketChatBackupEntry = z
  .object({
    id: z.uuid(),
    createdAt: z.iso.datetime(),
    reason: z.enum(['manual', ...ROCKETCHAT_BACKUP_REASONS]),
    serverVersion: z.string(),
    channels: z.int().min(0),
    settings: z.int().min(0),
  })
  .meta({ id: 'RocketChatBackupEntry' });
export type RocketChatBackupEntry = z.infer<typeof rocketChatBackupEntry>;
/** The latest first. */
export const rocketChatBackupEntries = z
  .object({ items: z.array(rocketChatBackupEntry) })
  .meta({ id: 'RocketChatBackupEntries' });
export type RocketChatBackupEntries = z.infer<typeof rocketChatBackupEntries>;
/** Bytes of a backup file that is uploaded. */
export const ROCKETCHAT_BACKUP_BYTES_MAX = 16_777_216;

/** What a run found or did; null while it runs and when it failed. */
export const rocketChatRunResult = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('plan'), plan: rocketChatPlan }),
    z.object({ kind: z.literal('apply'), applied: rocketChatApplied }),
    z.object({ kind: z.literal('verify'), verification: rocketChatVerification }),
    z.object({ kind: z.literal('backup'), backup: rocketChatBackupEntry }),
    z.object({ kind: z.literal('rollback-plan'), restorePlan: rocketChatRestorePlan }),
    z.object({ kind: z.literal('rollback'), restored: rocketChatRestored }),
    z.object({ kind: z.literal('restore-plan'), restorePlan: rocketChatRestorePlan }),
    z.object({ kind: z.literal('restore'), restored: rocketChatRestored }),
  ])
  .meta({ id: 'RocketChatRunResult' });
export type RocketChatRunResult = z.infer<typeof rocketChatRunResult>;

const runHead = {
  id: z.uuid(),
  kind: z.enum(ROCKETCHAT_RUN_KINDS),
  state: z.enum(ROCKETCHAT_RUN_STATES),
  origin: z.enum(ROCKETCHAT_RUN_ORIGINS),
  /** User name of who asked for it on the page; null: nobody did. */
  startedBy: z.string().nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  failure: rocketChatRunFailure.nullable(),
};

/** One run with everything that is known of it. */
export const rocketChatRun = z
  .object({
    ...runHead,
    /** In the order in which they were begun. */
    steps: z.array(rocketChatRunStep),
    /** The backup that it restores or plans to. */
    backupId: z.uuid().nullable(),
    result: rocketChatRunResult.nullable(),
  })
  .meta({ id: 'RocketChatRun' });
export type RocketChatRun = z.infer<typeof rocketChatRun>;

/** A line of the history. */
export const rocketChatRunSummary = z
  .object({
    ...runHead,
    /** Differences found, changes made, or checks that failed; null while it runs, when it failed, and for a backup. */
    count: z.int().min(0).nullable(),
  })
  .meta({ id: 'RocketChatRunSummary' });
export type RocketChatRunSummary = z.infer<typeof rocketChatRunSummary>;

/** How many runs are told; older ones are forgotten. */
export const ROCKETCHAT_RUNS_TOLD = 20;
/** The latest first. */
export const rocketChatRuns = z.object({ items: z.array(rocketChatRunSummary) }).meta({ id: 'RocketChatRuns' });
export type RocketChatRuns = z.infer<typeof rocketChatRuns>;

/**
 * Body of `POST /admin/rocketchat/runs`. `planId`: the plan of the same restore or rollback, done and shown before; what is performed is
 * exactly the backup that it looked at.
 */
export const startRocketChatRun = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['plan', 'apply', 'verify', 'backup', 'rollback-plan']) }),
    z.strictObject({ kind: z.literal('restore-plan'), backupId: z.uuid({ error: 'bad_id' }) }),
    z.strictObject({ kind: z.enum(['rollback', 'restore']), planId: z.uuid({ error: 'bad_id' }) }),
  ])
  .meta({ id: 'StartRocketChatRun' });
export type StartRocketChatRun = z.infer<typeof startRocketChatRun>;

/** Variables without which there is nothing to manage. */
export const ROCKETCHAT_MISSING = ['ROCKETCHAT_URL', 'ROCKETCHAT_ADMIN'] as const;

/** How the integration stands, for the top of the page. Asked of Rocket.Chat: the version, and what is wrong with it now and then. */
export const rocketChatStatus = z
  .object({
    /** What has to be set first; empty: configured. `ROCKETCHAT_ADMIN`: the account, by password or token. */
    missing: z.array(z.enum(ROCKETCHAT_MISSING)),
    /** The portal as browsers reach it. */
    portalUrl: z.string(),
    /** Rocket.Chat as browsers reach it. */
    url: z.string().nullable(),
    /** As this process reaches it, when that is another address. */
    apiUrl: z.string().nullable(),
    /** As set; null: by the server's version. */
    configuredMode: z.enum(ROCKETCHAT_MODES).nullable(),
    /** Null: it could not be asked, see `failure`. */
    server: z.object({ version: z.string(), mode: z.enum(ROCKETCHAT_MODES).nullable() }).nullable(),
    failure: rocketChatRunFailure.nullable(),
    /** It signs people in by token, and `ROCKETCHAT_TOKEN_SECRET` is not set: nobody can sign in. */
    needsTokenSecret: z.boolean(),
    /** What members would be told at /chat, the first cause first; empty while a run is under way or nobody answers. */
    findings: z.array(rocketChatFinding),
    /** When the portal was started: after another start its settings may be others. */
    startedAt: z.iso.datetime(),
    /** The run under way. */
    active: rocketChatRunSummary.nullable(),
    /** The last ones that ended by themselves, well or not. */
    lastApply: rocketChatRunSummary.nullable(),
    lastVerify: rocketChatRunSummary.nullable(),
    /** Since the last verification Rocket.Chat was written to by a run, or may have been: it proves nothing any more. */
    verifyStale: z.boolean(),
    /** The latest of all runs: another one means that the history has changed. */
    latestRunId: z.uuid().nullable(),
    /** There is a state from before the last apply to go back to. */
    canRollBack: z.boolean(),
    drift: rocketChatDrift.nullable(),
    /** A run may have written since that look, and nobody could look after it. */
    driftStale: z.boolean(),
    unread: z.enum(UNREAD_SOURCES).nullable(),
  })
  .meta({ id: 'RocketChatStatus' });
export type RocketChatStatus = z.infer<typeof rocketChatStatus>;
