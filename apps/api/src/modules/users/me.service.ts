import { Injectable } from '@nestjs/common';
import type { Me, UpdateMe } from '@besedka/contracts';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { chatEngineOf } from '../../config/rocketchat.config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountHooksRegistry } from './account-hooks.js';
import { StaleVersion, withCurrent } from './stale-version.js';
import { toMe, toSummary } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';
import './users.events.js';

/** The signed-in person's own profile and settings. */
@Injectable()
export class MeService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly roles: RolesService,
    private readonly hooks: AccountHooksRegistry,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
  ) {}

  /** @throws AppError `unauthenticated` when the account has just been deleted */
  async me(ctx: RequestContext): Promise<Me> {
    const principal = principalOf(ctx);
    const [row, table] = await Promise.all([this.repository.find(principal.userId), this.roles.table()]);
    if (row === null) throw new AppError('unauthenticated');
    return toMe(row, principal, table.access(row.roles), chatEngineOf(this.config.rocketChat));
  }

  /**
   * Changes what is named. `version` is checked when the client says which it edited: two own windows may change different
   * settings without minding each other. @throws AppError `version_conflict`
   */
  async update(ctx: RequestContext, version: number | null, changes: UpdateMe): Promise<Me> {
    const { userId } = principalOf(ctx);
    const change = async (tx: UnitOfWorkTx): Promise<void> => {
      const before = await this.repository.lock(tx, userId);
      if (before === null) throw new AppError('unauthenticated');
      if (version !== null && version !== before.version) throw new StaleVersion();
      if (Object.values(changes).every((value) => value === undefined)) return;
      await this.repository.updateOwn(tx, userId, changes);
      if (changes.fullName !== undefined && changes.fullName !== before.fullName) {
        await this.hooks.profileChanged(ctx, tx, userId);
        tx.emit('users.profile-changed', { user: toSummary({ ...before, fullName: changes.fullName }) });
      }
      tx.emit('users.access-changed', { userIds: [userId] });
    };
    await withCurrent(
      () => this.unitOfWork.run(ctx, change),
      () => this.me(ctx),
    );
    return this.me(ctx);
  }
}
