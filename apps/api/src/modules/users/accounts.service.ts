import { Injectable } from '@nestjs/common';
import type { Locale } from '@besedka/contracts';
import type { RequestContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountHooksRegistry } from './account-hooks.js';
import type { Account } from './account.js';
import { AccountsRepository } from './accounts.repository.js';
import { toSummary } from './users.mapper.js';
import { type NewUser, UsersRepository } from './users.repository.js';
import './users.events.js';

/** An account to be made; the rules about who may make it are the caller's business. */
export type AccountToCreate = Omit<NewUser, 'id'> & { readonly roles: readonly string[] };

/** Accounts as the sign-in side and the seeds see them. Passwords arrive here as hashes only. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly users: UsersRepository,
    private readonly roles: RolesService,
    private readonly hooks: AccountHooksRegistry,
  ) {}

  /** A living account by user name or e-mail address, whatever its status. */
  byLogin(login: string, tx?: UnitOfWorkTx): Promise<Account | null> {
    return this.accounts.byLogin(login, tx);
  }

  byId(id: string): Promise<Account | null> {
    return this.accounts.byId(id);
  }

  /** The same, locked until the transaction ends. */
  lock(tx: UnitOfWorkTx, id: string): Promise<Account | null> {
    return this.accounts.lock(tx, id);
  }

  /**
   * Notes a sign-in. @returns false when the account was disabled, deleted or got another password since it was read
   */
  signedIn(tx: UnitOfWorkTx, id: string, expectedHash: string, freshHash: string | null): Promise<boolean> {
    return this.accounts.signedIn(tx, id, expectedHash, freshHash);
  }

  setPassword(tx: UnitOfWorkTx, id: string, hash: string): Promise<void> {
    return this.accounts.setPassword(tx, id, hash);
  }

  /** Makes an invited account an active one. The caller has locked it and checked its status. */
  async activate(
    ctx: RequestContext,
    tx: UnitOfWorkTx,
    id: string,
    given: { hash: string; fullName?: string; locale?: Locale },
  ): Promise<void> {
    await this.accounts.activate(tx, id, given.hash, given.fullName ?? null, given.locale ?? null);
    await this.hooks.accessChanged(ctx, tx, [id]);
    const row = await this.users.find(id, tx);
    if (row !== null && given.fullName !== undefined) tx.emit('users.profile-changed', { user: toSummary(row) });
    tx.emit('users.access-changed', { userIds: [id] });
  }

  /** Stores a new account with its roles and lets the other modules take part. @returns its id */
  async create(ctx: RequestContext, tx: UnitOfWorkTx, account: AccountToCreate): Promise<string> {
    const id = newId();
    const { roles, ...user } = account;
    await this.users.insert(tx, { id, ...user });
    await this.roles.assign(tx, id, roles);
    await this.hooks.accessChanged(ctx, tx, [id]);
    tx.emit('users.access-changed', { userIds: [id] });
    return id;
  }

  /** Whether any account was ever made here, deleted ones included. */
  any(tx: UnitOfWorkTx): Promise<boolean> {
    return this.accounts.any(tx);
  }

  ownerExists(tx: UnitOfWorkTx): Promise<boolean> {
    return this.accounts.ownerExists(tx);
  }
}
