import { type RocketChatBackupEntry, type RocketChatBackupFile, rocketChatBackupFile } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { AuditService } from '../../audit/audit.service.js';
import { BackupService } from '../backup.service.js';
import { RunsRepository } from './runs.repository.js';

/** Backups as the page knows them: those that were kept by themselves, and those that somebody made there. */
@Injectable()
export class BackupFiles {
  constructor(
    private readonly backups: BackupService,
    private readonly runs: RunsRepository,
    private readonly audit: AuditService,
  ) {}

  /** The latest first. */
  async list(): Promise<RocketChatBackupEntry[]> {
    const [kept, runs] = await Promise.all([this.backups.list(), this.runs.backups()]);
    const made = runs.flatMap(({ result }) => (result?.kind === 'backup' ? [result.backup] : []));
    return [...kept, ...made].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** @throws AppError `not_found` */
  async read(id: string): Promise<RocketChatBackupFile> {
    return (await this.runs.file(id)) ?? this.backups.read(id);
  }

  /** One to give out, which is noted. @throws AppError `not_found` */
  async download(ctx: RequestContext, id: string): Promise<RocketChatBackupFile> {
    const file = await this.read(id);
    await this.audit.recordNow(ctx, 'rocketchat.backed-up', null, { backupId: id, reason: 'download' });
    return file;
  }
}

/** Reads what somebody uploaded. @throws AppError `rocketchat_backup_invalid` */
export function parseBackup(content: Buffer): RocketChatBackupFile {
  let document: unknown;
  try {
    document = JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new AppError('rocketchat_backup_invalid', { cause });
  }
  const file = rocketChatBackupFile.safeParse(document);
  if (!file.success) throw new AppError('rocketchat_backup_invalid', { cause: file.error });
  return file.data;
}
