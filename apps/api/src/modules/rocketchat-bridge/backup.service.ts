import type { RocketChatBackup, RocketChatBackupFile } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { AuditService } from '../audit/audit.service.js';
import { BackupKeeper } from './backup-keeper.js';
import { BackupsRepository } from './backups.repository.js';
import { ProvisioningGround } from './provisioning-ground.js';
import type { ApplyOptions } from './provisioning.service.js';
import { type Restored, Restorer, type RestorePlan } from './restorer.js';

/** Backups of what the portal has set up in Rocket.Chat, and of every setting that somebody has changed there (F05, F30). */
@Injectable()
export class BackupService {
  constructor(
    private readonly ground: ProvisioningGround,
    private readonly keeper: BackupKeeper,
    private readonly repository: BackupsRepository,
    private readonly restorer: Restorer,
    private readonly audit: AuditService,
  ) {}

  /** The state there as one file; its secrets are sealed. @throws StartupError */
  async create(ctx: RequestContext): Promise<RocketChatBackupFile> {
    const file = await this.ground.connected((found) => this.keeper.take(found, 'all'));
    await this.audit.recordNow(ctx, 'rocketchat.backed-up', null, { backupId: null, reason: 'file' });
    return file;
  }

  /** Those that were kept by themselves, the latest first. */
  async list(): Promise<RocketChatBackup[]> {
    const rows = await this.repository.list();
    return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));
  }

  /** One of those. @throws AppError `not_found` */
  async read(id: string): Promise<RocketChatBackupFile> {
    const row = await this.repository.find(id);
    if (row === null) throw new AppError('not_found');
    return row.content;
  }

  /** What `restore` would do; changes nothing. @throws StartupError */
  restorePlan(file: RocketChatBackupFile): Promise<RestorePlan> {
    return this.restorer.plan(file);
  }

  /**
   * Makes Rocket.Chat what the file says; the state before is kept. May be run again at any time.
   * @throws StartupError
   */
  restore(ctx: RequestContext, file: RocketChatBackupFile, options: ApplyOptions = {}): Promise<Restored> {
    return this.restorer.restore(ctx, file, 'restore', options);
  }
}
