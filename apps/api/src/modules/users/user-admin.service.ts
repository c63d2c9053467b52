import { Injectable } from '@nestjs/common';
import type { CreateUser, Page, PatchUser, User, UserListQuery } from '@besedka/contracts';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { toPage } from '../../database/keyset.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { LinkTokensService } from '../auth/link-tokens.service.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { assertStrongPassword } from '../auth/password-policy.js';
import { SessionsService } from '../auth/sessions.service.js';
import { ThrottleService } from '../auth/throttle.service.js';
import { editRefusal, reachRefusal, readRefusal, readScope, rolesRefusal } from '../roles/reach.js';
import type { RoleTable } from '../roles/role-table.js';
import { assertAllowed } from '../roles/roles.errors.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountHooksRegistry } from './account-hooks.js';
import { AccountsService } from './accounts.service.js';
import { EmailChanges } from './email-changes.js';
import { InvitationsService } from './invitations.service.js';
import { StaleVersion, withCurrent } from './stale-version.js';
import { UniqueNames } from './unique-names.js';
import { orderName } from './user-list.query.js';
import { type Acting, UserReachService } from './user-reach.service.js';
import { nextStatus } from './user-status.js';
import { toSummary, toUser } from './users.mapper.js';
import { UsersRepository } from './users.repository.js';
import type { UserRow } from './users.rows.js';
import './users.events.js';

/** Administration of accounts: every rule about who may do what to whom is asked here. */
@Injectable()
export class UserAdminService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly accounts: AccountsService,
    private readonly reach: UserReachService,
    private readonly names: UniqueNames,
    private readonly invitations: InvitationsService,
    private readonly roles: RolesService,
    private readonly hooks: AccountHooksRegistry,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly links: LinkTokensService,
    private readonly throttle: ThrottleService,
    private readonly emails: EmailChanges,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
  ) {}

  /** One page of the accounts that the asker may read; three statements however many rows. @throws AppError `bad_cursor` */
  async list(ctx: RequestContext, query: UserListQuery): Promise<Page<User>> {
    const table = await this.roles.table();
    const rows = await this.repository.list(query, readScope(table.actor(principalOf(ctx)), table.roles));
    const shape = await this.shape(ctx, table, rows);
    return toPage(rows, query.limit, (row) => ({ s: orderName(query), k: row.sortKey, id: row.id }), shape);
  }

  /** @throws AppError `not_found`, also when it is not the asker's to read */
  async get(ctx: RequestContext, id: string): Promise<User> {
    const [row, table] = await Promise.all([this.repository.find(id), this.roles.table()]);
    if (row === null) throw new AppError('not_found');
    const target = { userId: id, access: table.access(row.roles) };
    if (readRefusal(table.actor(principalOf(ctx)), target) !== null) throw new AppError('not_found');
    return (await this.shape(ctx, table, [row]))(row);
  }

  /**
   * Makes an account: active with a password, or invited by mail.
   * @throws AppError `username_taken`, `email_taken`, `key_account_exists` (F29), `role_unknown`, `role_too_high`,
   * `out_of_reach`, `owner_only_by_handover`, `password_too_weak`
   */
  async create(ctx: RequestContext, wanted: CreateUser): Promise<User> {
    const { username, email, fullName, locale } = wanted;
    const password = wanted.invite ? undefined : wanted.password;
    if (password !== undefined) assertStrongPassword(password, [username], this.config.mode);
    // Hashed before the transaction: it takes long, and the transaction holds a lock that others wait for.
    const passwordHash = password === undefined ? null : await this.hasher.hash(password);
    const id = await this.unitOfWork.run(ctx, async (tx) => {
      const { actor, table } = await this.reach.begin(ctx, tx, 'users:create');
      const roles = table.pick(wanted.roles);
      assertAllowed(rolesRefusal(actor, roles));
      await this.names.assertFree(tx, actor, { username, email });
      const status = wanted.invite ? 'invited' : 'active';
      const keys = roles.map((role) => role.key);
      const made = await this.accounts.create(ctx, tx, {
        username,
        email,
        fullName,
        locale,
        status,
        passwordHash,
        roles: keys,
      });
      if (email !== null && wanted.invite)
        await this.invitations.send(tx, { id: made, username, email, fullName, locale });
      return made;
    });
    return this.get(ctx, id);
  }

  /**
   * Changes what is named; the whole with PUT, a part with PATCH (F24).
   * @param version the one that the client edited
   * @throws AppError `not_found`, `version_conflict` with the account as it is now, `out_of_reach`, `own_account`,
   * `role_too_high`, `role_unknown`, `owner_only_by_handover`, `last_administrator`, and the naming errors of `create`
   */
  async update(ctx: RequestContext, id: string, version: number, wanted: PatchUser): Promise<User> {
    const change = async (tx: UnitOfWorkTx): Promise<void> => {
      const acting = await this.reach.begin(ctx, tx, 'users:update');
      const before = await this.reach.target(tx, acting, id, editRefusal);
      if (before.version !== version) throw new StaleVersion();
      const after = await this.decide(tx, acting, before, wanted);
      if (after === null) return;
      await this.repository.update(tx, id, after);
      if (after.rolesChanged) await this.roles.assign(tx, id, after.roles);
      if (after.email !== before.email) await this.emails.announce(tx, before, after);
      if (after.status === 'disabled' && before.status !== 'disabled') await this.shutOut(tx, id);
      if (after.rolesChanged || after.status !== before.status) await this.accessChanged(ctx, tx, id);
      else tx.emit('users.access-changed', { userIds: [id] });
      const shown = ['fullName', 'username', 'email'] as const;
      if (shown.some((field) => after[field] !== before[field])) await this.hooks.profileChanged(ctx, tx, id);
      if (after.fullName !== before.fullName || after.username !== before.username) {
        tx.emit('users.profile-changed', { user: toSummary({ ...before, ...after }) });
      }
    };
    await withCurrent(
      () => this.unitOfWork.run(ctx, change),
      () => this.get(ctx, id),
    );
    return this.get(ctx, id);
  }

  /**
   * Deletes softly: the account can no longer be used, its name and address are free again, what its owner wrote stays.
   * @throws AppError `not_found`, `version_conflict`, `own_account`, `out_of_reach`, `last_administrator`
   */
  async remove(ctx: RequestContext, id: string, version: number): Promise<void> {
    const remove = async (tx: UnitOfWorkTx): Promise<void> => {
      const acting = await this.reach.begin(ctx, tx, 'users:delete');
      const before = await this.reach.target(tx, acting, id, reachRefusal);
      if (before.version !== version) throw new StaleVersion();
      await this.repository.softDelete(tx, id);
      await this.roles.assign(tx, id, []);
      await this.shutOut(tx, id);
      await this.throttle.clear(tx, before);
      await this.accessChanged(ctx, tx, id);
    };
    await withCurrent(
      () => this.unitOfWork.run(ctx, remove),
      () => this.get(ctx, id),
    );
  }

  /** The account as it shall be, or null when nothing changes. */
  private async decide(tx: UnitOfWorkTx, { actor, table }: Acting, before: UserRow, wanted: PatchUser) {
    const self = actor.userId === before.id;
    const status = this.wantedStatus(before, wanted);
    if (status !== before.status) {
      if (self) throw new AppError('own_account');
      if (!actor.access.permissions.has('users:disable')) throw new AppError('forbidden');
    }
    const roles =
      wanted.roles === undefined
        ? before.roles
        : table
            .pick(wanted.roles)
            .map((role) => role.key)
            .sort();
    const rolesChanged = roles.join() !== [...before.roles].sort().join();
    if (rolesChanged) {
      if (self) throw new AppError('own_account');
      assertAllowed(rolesRefusal(actor, table.pick(roles), before.roles));
    }
    const after = {
      username: wanted.username ?? before.username,
      email: wanted.email === undefined ? before.email : wanted.email,
      fullName: wanted.fullName ?? before.fullName,
      locale: wanted.locale ?? before.locale,
      status,
      roles,
      rolesChanged,
    };
    // The own address asks for the password: `OwnEmailService`.
    if (self && after.email !== before.email) throw new AppError('own_account');
    const fields = ['username', 'email', 'fullName', 'locale', 'status'] as const;
    if (!rolesChanged && fields.every((field) => after[field] === before[field])) return null;
    await this.names.assertFree(tx, actor, after, before);
    return after;
  }

  private wantedStatus(before: UserRow, wanted: PatchUser) {
    if (wanted.status === undefined) return before.status;
    const status = nextStatus(before.status, wanted.status, before.hasPassword);
    if (status === null)
      throw invalidField('status', 'not_activated', 'the invited person has to activate the account');
    return status;
  }

  private async shutOut(tx: UnitOfWorkTx, id: string): Promise<void> {
    await this.sessions.endAll(tx, id, 'disabled');
    await this.links.void(tx, id, 'reset');
    await this.links.void(tx, id, 'activate');
  }

  private async accessChanged(ctx: RequestContext, tx: UnitOfWorkTx, id: string): Promise<void> {
    await this.roles.assertAdministratorRemains(tx);
    await this.hooks.accessChanged(ctx, tx, [id]);
    tx.emit('users.access-changed', { userIds: [id] });
  }

  private async shape(
    ctx: RequestContext,
    table: RoleTable,
    rows: readonly UserRow[],
  ): Promise<(row: UserRow) => User> {
    const actor = table.actor(principalOf(ctx));
    const delays = await this.throttle.delays(rows);
    return (row) => toUser(row, { actor, table, delays });
  }
}
