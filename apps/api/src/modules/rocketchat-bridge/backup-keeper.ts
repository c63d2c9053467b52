import type { RocketChatBackupFile, RocketChatBackupReason } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { AuditService } from '../audit/audit.service.js';
import { backupOf, type BackupSource } from './backup-content.js';
import { BackupsRepository } from './backups.repository.js';
import type { Found } from './provisioning-ground.js';
import { SealedTexts } from './sealed-text.js';

/** Takes the state of a server down, before the portal writes to it or because somebody wants it as a file. */
@Injectable()
export class BackupKeeper {
  readonly secrets: SealedTexts;

  constructor(
    private readonly config: AppConfig,
    private readonly repository: BackupsRepository,
    private readonly audit: AuditService,
  ) {
    this.secrets = new SealedTexts(config.auth.secret);
  }

  /** The state as a document. @throws RocketChatError */
  take(found: Found, settings: BackupSource['settings']): Promise<RocketChatBackupFile> {
    const { build, http, rocketChat } = this.config;
    return backupOf(found, {
      portal: { version: build.version, url: http.publicUrl },
      url: rocketChat.url ?? '',
      settings,
      secrets: this.secrets,
    });
  }

  /**
   * Keeps the state before a run writes. A run of `apply` that goes on after it was cut off has its state before already.
   * @returns id for `finished`
   * @throws RocketChatError
   */
  async keep(ctx: RequestContext, found: Found, reason: RocketChatBackupReason): Promise<string> {
    const before = reason === 'apply' ? await this.repository.beforeApply() : null;
    if (before !== null && !before.finished) return before.id;
    const id = newId();
    await this.repository.insert(id, reason, await this.take(found, 'owned'));
    await this.audit.recordNow(ctx, 'rocketchat.backed-up', null, { backupId: id, reason });
    return id;
  }

  /** The run is through: the next one has another state before it. */
  finished(id: string): Promise<void> {
    return this.repository.finish(id);
  }
}
