import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

/**
 * Port: what must happen in the same transaction as a change of accounts, because access may never lag behind. The chats module
 * implements it (channel memberships follow groups). Keep it short: it runs inside the transaction.
 */
export interface AccountHook {
  /** After users were created, activated, disabled, deleted, or their roles changed; also after a role's groups changed. */
  accessChanged(ctx: RequestContext, tx: UnitOfWorkTx, userIds: readonly string[]): Promise<void>;
  /** After user name, full name, address or picture of an account changed. */
  profileChanged?(ctx: RequestContext, tx: UnitOfWorkTx, userId: string): Promise<void>;
}

/**
 * Who wants to be part of account changes. Modules that build upon this one register in `onModuleInit`, so that nothing
 * here needs to know them.
 */
@Injectable()
export class AccountHooksRegistry {
  private readonly hooks: AccountHook[] = [];

  register(hook: AccountHook): void {
    this.hooks.push(hook);
  }

  /** Runs all hooks in the order of registration, inside the transaction. @throws what a hook throws: nothing is then changed */
  async accessChanged(ctx: RequestContext, tx: UnitOfWorkTx, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    for (const hook of this.hooks) await hook.accessChanged(ctx, tx, userIds);
  }

  /** The same for what accounts are shown by. */
  async profileChanged(ctx: RequestContext, tx: UnitOfWorkTx, userId: string): Promise<void> {
    for (const hook of this.hooks) await hook.profileChanged?.(ctx, tx, userId);
  }
}
