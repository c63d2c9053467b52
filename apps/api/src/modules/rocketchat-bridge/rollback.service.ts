import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { StartupError } from '../../config/config-error.js';
import { type BackupRow, BackupsRepository } from './backups.repository.js';
import type { ApplyOptions } from './provisioning.service.js';
import { type Restored, Restorer, type RestorePlan } from './restorer.js';

/** Takes back what the last `apply` has written, also one that was cut off. Rooms that it made are archived, never deleted. */
@Injectable()
export class RollbackService {
  constructor(
    private readonly repository: BackupsRepository,
    private readonly restorer: Restorer,
  ) {}

  /** What `rollback` would do; changes nothing. @throws StartupError, also when nothing was ever applied */
  async plan(): Promise<RestorePlan> {
    return this.restorer.plan((await this.before()).content);
  }

  /** @throws StartupError, also when nothing was ever applied */
  async rollback(ctx: RequestContext, options: ApplyOptions = {}): Promise<Restored> {
    const { id, content } = await this.before();
    const restored = await this.restorer.restore(ctx, content, 'rollback', options);
    // The next `apply` has this state before it, even if the last one never came to its end.
    await this.repository.finish(id);
    return restored;
  }

  private async before(): Promise<BackupRow> {
    const before = await this.repository.beforeApply();
    if (before === null) throw new StartupError('There is nothing to take back: rocketchat apply has not written yet.');
    return before;
  }
}
