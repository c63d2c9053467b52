import { Injectable } from '@nestjs/common';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { PasswordCheck } from '../auth/password-check.service.js';
import { AccountHooksRegistry } from './account-hooks.js';
import { AccountsService } from './accounts.service.js';
import { EmailChanges } from './email-changes.js';
import { UniqueNames } from './unique-names.js';
import { UserReachService } from './user-reach.service.js';
import { UsersRepository } from './users.repository.js';
import './users.events.js';

/**
 * The only way to change the address of one's own account: a reset link goes there, so whoever finds an open window must not be able
 * to do it without the password.
 */
@Injectable()
export class OwnEmailService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly repository: UsersRepository,
    private readonly reach: UserReachService,
    private readonly names: UniqueNames,
    private readonly changes: EmailChanges,
    private readonly hooks: AccountHooksRegistry,
    private readonly check: PasswordCheck,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError `wrong_password`, `sign_in_delayed`, `email_taken` */
  async change(ctx: RequestContext, email: string, password: string): Promise<void> {
    const { userId, username } = principalOf(ctx);
    const account = await this.accounts.byId(userId);
    if (account === null) throw new AppError('unauthenticated');
    const candidate = { userId, hash: account.passwordHash };
    if (!(await this.check.matches(ctx, username, candidate, password))) throw new AppError('wrong_password');
    await this.unitOfWork.run(ctx, async (tx) => {
      const { actor } = await this.reach.beginOwn(ctx, tx);
      const now = await this.accounts.lock(tx, userId);
      if (now === null || now.passwordHash !== account.passwordHash) throw new AppError('wrong_password');
      const before = await this.repository.lock(tx, userId);
      if (before === null) throw new AppError('unauthenticated');
      const after = { ...before, email };
      if (email === before.email) return;
      await this.names.assertFree(tx, actor, after, before);
      await this.repository.update(tx, userId, after);
      await this.changes.announce(tx, before, after);
      await this.hooks.profileChanged(ctx, tx, userId);
      tx.emit('users.access-changed', { userIds: [userId] });
    });
  }
}
