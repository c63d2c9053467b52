import type { RocketChatDrift } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AuditService } from '../audit/audit.service.js';
import { DriftRepository } from './drift.repository.js';
import { ProvisioningService } from './provisioning.service.js';

/** Ids that one entry of the audit log names. */
const IDS_MAX = 200;

export interface DriftOptions {
  /** `queued`: the queue is about to put people right, so the audit log tells of them, and nobody is asked to mend them on the page. */
  readonly members?: 'kept' | 'queued';
}

/** What somebody changed in Rocket.Chat by hand (F05): a plan that is kept for the page. Writes nothing there. */
@Injectable()
export class DriftService {
  constructor(
    private readonly provisioning: ProvisioningService,
    private readonly repository: DriftRepository,
    private readonly audit: AuditService,
  ) {}

  /** Looks now. What differs is in the audit log by its ids. @throws StartupError */
  async check(ctx: RequestContext, { members = 'kept' }: DriftOptions = {}): Promise<RocketChatDrift> {
    const { version, mode, warnings, differences } = await this.provisioning.plan();
    const kept = differences.filter(({ kind }) => members === 'kept' || kind !== 'member');
    const found = { version, mode, warnings: [...warnings], differences: kept.map((one) => ({ ...one })) };
    const checkedAt = await this.repository.save(found as Omit<RocketChatDrift, 'checkedAt'>);
    if (differences.length > 0) {
      const ids = differences.slice(0, IDS_MAX).map(({ id }) => id);
      await this.audit.recordNow(ctx, 'rocketchat.drift', null, { count: differences.length, ids });
    }
    return { ...(found as Omit<RocketChatDrift, 'checkedAt'>), checkedAt: checkedAt.toISOString() };
  }

  /** The last look; null: nobody has looked yet. */
  async last(): Promise<RocketChatDrift | null> {
    const last = await this.repository.last();
    return last === null ? null : { ...last.found, checkedAt: last.checkedAt.toISOString() };
  }
}
