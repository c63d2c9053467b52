import { readFile, writeFile } from 'node:fs/promises';
import type {
  RocketChatBackupFile,
  RocketChatRestored,
  RocketChatRestorePlan,
  RocketChatSkipped,
  RocketChatSkipReason,
} from '@besedka/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { AppError } from '../common/errors/app-error.js';
import { StartupError } from '../config/config-error.js';
import { parseBackup } from '../modules/rocketchat-bridge/backup-content.js';
import { BackupService } from '../modules/rocketchat-bridge/backup.service.js';
import type { CommandOptions, CommandResult } from './commands.js';
import { counted, lines } from './differences.js';
import { EXIT_DIFFERENCES } from './exit-codes.js';
import { notedRun } from './noted-run.js';

/** `rocketchat backup [FILE]` */
export async function backUp(app: INestApplicationContext, { file }: CommandOptions): Promise<CommandResult> {
  const { file: backup } = await notedRun(app, { kind: 'backup' });
  if (backup === undefined) throw new Error('a backup has a file');
  const document = `${JSON.stringify(backup, null, 2)}\n`;
  if (typeof file !== 'string') return { facts: backup, text: document };
  try {
    // Never over another one, and for nobody else to read: addresses and names are in it.
    await writeFile(file, document, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isTaken = codeOf(error) === 'EEXIST';
    const sentence = isTaken
      ? `The file ${file} is there already and is not written over: choose another name.`
      : `The backup cannot be written to ${file} (${codeOf(error)}).`;
    throw new StartupError(sentence, { cause: error });
  }
  const { settings, channels, webhooks, server } = backup;
  const counts = { settings: Object.keys(settings).length, channels: channels.length, webhooks: webhooks.length };
  const members = channels.reduce((sum, channel) => sum + channel.members.length, 0);
  return {
    facts: { file, createdAt: backup.createdAt, version: server.version, ...counts, members },
    text:
      `Rocket.Chat ${server.version}: ${counted(counts.settings, 'setting')}, ${counted(counts.channels, 'channel')} ` +
      `with ${counted(members, 'membership')}, ${counted(counts.webhooks, 'webhook')} in ${file}\nIts secrets can be read with this AUTH_SECRET only.\n`,
  };
}

/** `rocketchat backups` */
export async function listBackups(app: INestApplicationContext): Promise<CommandResult> {
  const backups = await app.get(BackupService).list();
  const rows = backups.map(
    ({ id, createdAt, reason, serverVersion }) =>
      `${id}  ${createdAt}  before ${reason}, Rocket.Chat ${serverVersion}\n`,
  );
  return { facts: { backups }, text: rows.length === 0 ? 'Nothing was kept yet.\n' : rows.join('') };
}

/** `rocketchat restore FILE`: the plan; with `--yes` it is carried out. */
export async function restore(app: INestApplicationContext, options: CommandOptions): Promise<CommandResult> {
  const source = await sourceOf(app.get(BackupService), options);
  if (options['yes'] === true) return done((await notedRun(app, { kind: 'restore', ...source })).result.restored);
  const { result } = await notedRun(app, { kind: 'restore-plan', ...source });
  return planned(result.restorePlan, 'rocketchat restore … --yes');
}

/** `rocketchat rollback` */
export async function rollBack(app: INestApplicationContext, options: CommandOptions): Promise<CommandResult> {
  if (options['plan'] !== true) return done((await notedRun(app, { kind: 'rollback' })).result.restored);
  const { result } = await notedRun(app, { kind: 'rollback-plan' });
  return planned(result.restorePlan, 'rocketchat rollback');
}

interface Source {
  readonly file: RocketChatBackupFile;
  readonly backupId: string | null;
}

async function sourceOf(service: BackupService, { file, kept }: CommandOptions): Promise<Source> {
  if (typeof kept === 'string') return { file: await keptFile(service, kept), backupId: kept };
  const text = await readFile(String(file), 'utf8').catch((error: unknown) => {
    throw new StartupError(`The file ${String(file)} cannot be read (${codeOf(error)}).`, { cause: error });
  });
  const backup = parseBackup(text);
  if (typeof backup === 'string') throw new StartupError(backup);
  return { file: backup, backupId: null };
}

async function keptFile(service: BackupService, id: string): Promise<RocketChatBackupFile> {
  const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  try {
    if (isId) return await service.read(id);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  throw new StartupError('No such backup was kept: see rocketchat backups.');
}

function planned(plan: RocketChatRestorePlan, command: string): CommandResult {
  const { differences } = plan;
  const summary =
    differences.length === 0
      ? 'Everything is as it was.\n'
      : `${counted(differences.length, 'difference')}; nothing was changed. ${command} makes it so.\n`;
  return {
    facts: plan,
    text: head(plan) + lines(differences) + left(plan.skipped) + summary,
    exitCode: differences.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

function done(restored: RocketChatRestored): CommandResult {
  const { changed, remaining, skipped } = restored;
  const summary =
    changed.length === 0 && remaining.length === 0
      ? 'Everything was as it was; nothing was written.\n'
      : `${changed.length} changed.\n`;
  const rest =
    remaining.length === 0 ? '' : `Rocket.Chat did not let these be changed over its API:\n${lines(remaining)}`;
  return {
    facts: restored,
    text: head(restored) + lines(changed) + left(skipped) + summary + rest,
    exitCode: remaining.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

function head({ version, createdAt }: { version: string; createdAt: string }): string {
  return `Rocket.Chat ${version}, backup of ${createdAt}\n`;
}

const REASONS: Readonly<Record<RocketChatSkipReason, string>> = {
  no_such_account: 'there is no such account',
  not_allowed: 'the portal’s roles do not let them in',
  sealed_elsewhere: 'sealed with another AUTH_SECRET',
  unknown_here: 'this server does not know it',
  needs_licence: 'this server wants a licence for it',
  made_anew: 'the server makes a new one',
};

function left(skipped: readonly RocketChatSkipped[]): string {
  return skipped.map(({ kind, id, reason }) => `left out   ${kind} ${id}: ${REASONS[reason]}\n`).join('');
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
