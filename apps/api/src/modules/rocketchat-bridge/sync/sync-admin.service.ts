import type {
  ResolveRocketChatConflict,
  RocketChatSync,
  RocketChatSyncPerson,
  RocketChatSyncQuery,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { toPage } from '../../../database/keyset.js';
import { UnitOfWork } from '../../../database/unit-of-work.js';
import { AuditService } from '../../audit/audit.service.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import type { LinkChoice, LinkConflict } from './link.js';
import { type SyncPersonRow, SyncPeopleRepository } from './sync-people.repository.js';
import { SyncQueue } from './sync-queue.js';

/** What administrators see of the accounts in Rocket.Chat, and what they can do about those that do not get on. */
@Injectable()
export class SyncAdminService {
  constructor(
    private readonly people: SyncPeopleRepository,
    private readonly queue: SyncQueue,
    private readonly connection: RocketChatConnection,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
  ) {}

  /** @throws AppError `bad_cursor` */
  async list(query: RocketChatSyncQuery): Promise<RocketChatSync> {
    const [counts, rows] = await Promise.all([this.people.counts(), this.people.list(query)]);
    return { counts, ...toPage(rows, query.limit, ({ userId }) => ({ id: userId }), toPerson) };
  }

  /** Looks at one person now, whatever they are waiting for. @throws AppError `not_found`, `rocketchat_not_configured` */
  async retry(ctx: RequestContext, userId: string): Promise<void> {
    this.assertConfigured();
    await this.unitOfWork.run(ctx, async (tx) => {
      if (!(await this.people.exists(tx, userId))) throw new AppError('not_found');
      await this.queue.add(tx, [userId]);
      await this.audit.record(ctx, tx, 'rocketchat.sync.retried', userId, { all: false });
    });
  }

  /** Looks at everybody who is not known to be right, conflicts included. @throws AppError `rocketchat_not_configured` */
  async retryAll(ctx: RequestContext): Promise<void> {
    this.assertConfigured();
    await this.queue.addUnknown(ctx);
    await this.audit.recordNow(ctx, 'rocketchat.sync.retried', null, { all: true });
  }

  /**
   * Decides about a conflict; the sync does the rest at once.
   * @throws AppError `rocketchat_no_conflict`, `rocketchat_not_linkable` (an admin, a bot, or another account than the one that was shown)
   */
  async resolve(ctx: RequestContext, userId: string, wanted: ResolveRocketChatConflict): Promise<void> {
    this.assertConfigured();
    await this.unitOfWork.run(ctx, async (tx) => {
      const found = await this.people.lockConflict(tx, userId);
      if (found === null) throw new AppError('rocketchat_no_conflict');
      await this.people.choose(tx, userId, choiceOf(wanted, found.username, found.conflict));
      await this.queue.add(tx, [userId]);
      const { rocketChatId } = found.conflict;
      await this.audit.record(ctx, tx, 'rocketchat.conflict.resolved', userId, { choice: wanted.choice, rocketChatId });
    });
  }

  private assertConfigured(): void {
    if (!this.connection.isConfigured) throw new AppError('rocketchat_not_configured');
  }
}

function choiceOf(wanted: ResolveRocketChatConflict, username: string, conflict: LinkConflict): LinkChoice {
  switch (wanted.choice) {
    case 'link':
      if (!conflict.linkable || wanted.rocketChatId !== conflict.rocketChatId)
        throw new AppError('rocketchat_not_linkable');
      return { kind: 'link', for: username, rocketChatId: wanted.rocketChatId };
    case 'rename':
      return { kind: 'rename', for: username, username: null };
    case 'refuse':
      return { kind: 'refuse', for: username };
  }
}

function toPerson({ choice, conflict, state, syncedAt, ...person }: SyncPersonRow): RocketChatSyncPerson {
  return {
    ...person,
    state,
    conflict:
      state === 'conflict' && conflict !== null
        ? { ...conflict, roles: [...conflict.roles], refused: choice?.kind === 'refuse' }
        : null,
    syncedAt: syncedAt?.toISOString() ?? null,
  };
}
