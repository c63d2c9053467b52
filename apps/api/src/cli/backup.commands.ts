import { readFile, writeFile } from 'node:fs/promises';
import type { RocketChatBackupFile, RocketChatSkipped, RocketChatSkipReason } from '@besedka/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { systemContext } from '../common/context/request-context.js';
import { AppError } from '../common/errors/app-error.js';
import { StartupError } from '../config/config-error.js';
import { parseBackup } from '../modules/rocketchat-bridge/backup-content.js';
import { BackupService } from '../modules/rocketchat-bridge/backup.service.js';
import type { Restored, RestorePlan } from '../modules/rocketchat-bridge/restorer.js';
import { RollbackService } from '../modules/rocketchat-bridge/rollback.service.js';
import type { CommandOptions, CommandResult } from './commands.js';
import { lines } from './differences.js';
import { EXIT_DIFFERENCES } from './exit-codes.js';
import { lookAgain } from './look-again.js';
import { progress } from './progress.js';

/** `rocketchat backup [FILE]` */
export async function backUp(app: INestApplicationContext, { file }: CommandOptions): Promise<CommandResult> {
  const backup = await app.get(BackupService).create(systemContext('cli'));
  const document = `${JSON.stringify(backup, null, 2)}\n`;
  if (typeof file !== 'string') return { facts: backup, text: document };
  try {
    // Never over another one, and for nobody else to read: addresses and names are in it.
    await writeFile(file, document, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new StartupError(`The backup cannot be written to ${file} (${codeOf(error)}).`, { cause: error });
  }
  const { settings, channels, webhooks, server } = backup;
  const counts = { settings: Object.keys(settings).length, channels: channels.length, webhooks: webhooks.length };
  const members = channels.reduce((sum, channel) => sum + channel.members.length, 0);
  return {
    facts: { file, createdAt: backup.createdAt, version: server.version, ...counts, members },
    text:
      `Rocket.Chat ${server.version}: ${counts.settings} settings, ${counts.channels} channels with ${members} memberships, ` +
      `${counts.webhooks} webhooks in ${file}\nIts secrets can be read with this AUTH_SECRET only.\n`,
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
  const service = app.get(BackupService);
  const file = await fileOf(service, options);
  if (options['yes'] !== true) return planned(await service.restorePlan(file), 'rocketchat restore … --yes');
  const restored = await service.restore(systemContext('cli'), file, { onStep: progress });
  await lookAgain(app);
  return done(restored);
}

/** `rocketchat rollback` */
export async function rollBack(app: INestApplicationContext, options: CommandOptions): Promise<CommandResult> {
  const service = app.get(RollbackService);
  if (options['plan'] === true) return planned(await service.plan(), 'rocketchat rollback');
  const restored = await service.rollback(systemContext('cli'), { onStep: progress });
  await lookAgain(app);
  return done(restored);
}

async function fileOf(service: BackupService, { file, kept }: CommandOptions): Promise<RocketChatBackupFile> {
  if ((typeof file === 'string') === (typeof kept === 'string')) {
    throw new StartupError('Name a file, or with --kept one of rocketchat backups.');
  }
  if (typeof kept === 'string') return keptFile(service, kept);
  const text = await readFile(String(file), 'utf8').catch((error: unknown) => {
    throw new StartupError(`The file ${String(file)} cannot be read (${codeOf(error)}).`, { cause: error });
  });
  const backup = parseBackup(text);
  if (typeof backup === 'string') throw new StartupError(backup);
  return backup;
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

function planned(plan: RestorePlan, command: string): CommandResult {
  const { differences } = plan;
  const summary =
    differences.length === 0
      ? 'Everything is as it was.\n'
      : `${differences.length} differences; nothing was changed. ${command} makes it so.\n`;
  return {
    facts: plan,
    text: head(plan) + lines(differences) + left(plan.skipped) + summary,
    exitCode: differences.length === 0 ? 0 : EXIT_DIFFERENCES,
  };
}

function done(restored: Restored): CommandResult {
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
