import { Injectable } from '@nestjs/common';
import { OWNER_ROLE } from '@besedka/contracts';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { PasswordCheck } from '../auth/password-check.service.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountHooksRegistry } from './account-hooks.js';
import { AccountsService } from './accounts.service.js';
import { UserReachService } from './user-reach.service.js';
import { UsersRepository } from './users.repository.js';
import './users.events.js';

/** What the former owner becomes. */
const FORMER_OWNER_ROLE = 'moderator';

/** The only way by which the owner role changes hands. */
@Injectable()
export class OwnerHandoverService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly repository: UsersRepository,
    private readonly roles: RolesService,
    private readonly reach: UserReachService,
    private readonly hooks: AccountHooksRegistry,
    private readonly check: PasswordCheck,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Makes somebody else the owner and the caller a moderator, in one transaction: there is one owner before, and one after.
   * Of several at once the first wins; the others are no longer owners.
   * @throws AppError `wrong_password`, `sign_in_delayed`, `own_account`, `not_found`, `user_unavailable`, `forbidden`
   */
  async handOver(ctx: RequestContext, toId: string, password: string): Promise<void> {
    const { userId, username } = principalOf(ctx);
    if (toId === userId) throw new AppError('own_account');
    const account = await this.accounts.byId(userId);
    const candidate = { userId, hash: account?.passwordHash ?? null };
    if (!(await this.check.matches(ctx, username, candidate, password))) throw new AppError('wrong_password');
    await this.unitOfWork.run(ctx, async (tx) => {
      const { actor } = await this.reach.begin(ctx, tx, 'owner:handover');
      if (!actor.access.roles.includes(OWNER_ROLE)) throw new AppError('forbidden');
      const heir = await this.repository.lock(tx, toId);
      if (heir === null) throw new AppError('not_found');
      if (heir.status !== 'active') throw new AppError('user_unavailable');
      await this.roles.assign(tx, userId, [FORMER_OWNER_ROLE]);
      await this.roles.assign(tx, toId, [OWNER_ROLE]);
      await this.repository.touch(tx, userId);
      await this.repository.touch(tx, toId);
      await this.roles.assertAdministratorRemains(tx);
      await this.hooks.accessChanged(ctx, tx, [userId, toId]);
      tx.emit('users.access-changed', { userIds: [userId, toId] });
    });
  }
}
