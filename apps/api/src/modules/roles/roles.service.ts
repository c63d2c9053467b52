import { Inject, Injectable } from '@nestjs/common';
import { BUILT_IN_ROLES, type CreateRole, PERMISSION_NAMES, type PutRole, type Role } from '@besedka/contracts';
import type { Logger } from 'pino';
import { type Principal, principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { violatedUnique } from '../../common/errors/database-errors.js';
import { LOGGER } from '../../common/logging/logger.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AccountHooksRegistry } from '../users/account-hooks.js';
import type { RoleEntity } from './entities/role.entity.js';
import type { Actor } from './reach.js';
import { mayAssign, roleDefinitionRefusal } from './reach.js';
import { RoleTable } from './role-table.js';
import { toRole } from './roles.mapper.js';
import { assertAllowed, managesUnknown, roleKeyTaken } from './roles.errors.js';
import { RolesRepository } from './roles.repository.js';

/** Advisory lock under which roles, status and deletions change: their rules speak of all accounts together. */
const ACCESS_LOCK = 6_272_802;

/** Titles that built-in roles begin with; administrators may change them. */
const BUILT_IN_TITLES: Readonly<Record<string, string>> = {
  owner: 'Владелец',
  moderator: 'Модератор',
  store_owner: 'Владелец магазина',
  store_admin: 'Администратор магазина',
  user: 'Пользователь',
};

/** Roles as a resource, and the questions that other modules have about them. */
@Injectable()
export class RolesService {
  constructor(
    private readonly repository: RolesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly hooks: AccountHooksRegistry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** All roles as they are now. */
  async table(tx?: UnitOfWorkTx): Promise<RoleTable> {
    return new RoleTable(await this.repository.all(tx));
  }

  /**
   * Waits for the turn to change who may do what. Held until the transaction ends; take it before reading anything that
   * the decision rests on.
   */
  async lockAccess(tx: UnitOfWorkTx): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ACCESS_LOCK]);
  }

  /**
   * The one who acts, by the roles they hold now rather than when the request arrived.
   * @throws AppError `forbidden` when the permission has been taken away meanwhile
   */
  async actor(tx: UnitOfWorkTx, principal: Principal, table: RoleTable): Promise<Actor> {
    const rows = await tx.query<{ key: string }>('SELECT role_key AS key FROM user_roles WHERE user_id = $1', [
      principal.userId,
    ]);
    return { userId: principal.userId, access: table.access(rows.map((row) => row.key)) };
  }

  /** Makes `keys` the roles of an account. The rules are the caller's business. */
  assign(tx: UnitOfWorkTx, userId: string, keys: readonly string[]): Promise<void> {
    return this.repository.assign(tx, userId, keys);
  }

  /** Checked at the end of whatever takes rights away. @throws AppError `last_administrator` */
  async assertAdministratorRemains(tx: UnitOfWorkTx): Promise<void> {
    if (!(await this.repository.anyActiveHolder(tx, 'users:update'))) throw new AppError('last_administrator');
  }

  /** Brings the built-in roles up to this build, what hangs on them for their holders included, and reports stored permission names that no longer exist. */
  async ensureBuiltIns(ctx: RequestContext): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.lockAccess(tx);
      const changed: string[] = [];
      for (const { key, level, groups, permissions, manages } of BUILT_IN_ROLES) {
        const title = BUILT_IN_TITLES[key] ?? key;
        const given = { groups: [...groups], permissions: [...permissions], manages: [...manages] };
        if (await this.repository.upsertBuiltIn(tx, { key, title, level, ...given })) changed.push(key);
      }
      await this.tellHolders(ctx, tx, changed);
    });
    const known: readonly string[] = PERMISSION_NAMES;
    for (const role of await this.repository.all()) {
      const unknown = role.permissions.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        this.logger.warn({ role: role.key, permissions: unknown }, 'a role has unknown permissions');
    }
  }

  async list(ctx: RequestContext): Promise<Role[]> {
    const roles = await this.repository.all();
    const own = new RoleTable(roles).actor(principalOf(ctx)).access;
    return roles.map((role) => toRole(role, mayAssign(own, role)));
  }

  /** @throws AppError `role_too_high`, `forbidden` (gives more than one has), `role_key_taken`, `validation_failed` */
  create(ctx: RequestContext, wanted: CreateRole): Promise<Role> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const { actor } = await this.begin(ctx, tx, wanted);
      assertAllowed(roleDefinitionRefusal(actor.access, wanted));
      try {
        await this.repository.insert(tx, wanted);
      } catch (error) {
        if (violatedUnique(error) === 'roles_pk') throw roleKeyTaken(wanted.key);
        throw error;
      }
      return this.read(tx, wanted.key, actor);
    });
  }

  /**
   * Replaces what a role is. Of a built-in role only the title can be changed: the rest belongs to the build.
   * @throws AppError `not_found`, `version_conflict`, `role_built_in`, `role_too_high`, `forbidden`, `last_administrator`
   */
  replace(ctx: RequestContext, key: string, version: number, wanted: PutRole): Promise<Role> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const { actor } = await this.begin(ctx, tx, wanted);
      const current = await this.lockVersion(tx, key, version, actor);
      if (current.builtIn && !sameGrant(current, wanted)) throw new AppError('role_built_in');
      assertAllowed(current.builtIn ? null : roleDefinitionRefusal(actor.access, wanted));
      await this.repository.update(tx, key, wanted);
      if (!sameGrant(current, wanted)) await this.changed(ctx, tx, key);
      return this.read(tx, key, actor);
    });
  }

  /** @throws AppError `not_found`, `version_conflict`, `role_built_in`, `role_too_high`, `role_in_use` */
  async remove(ctx: RequestContext, key: string, version: number): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const { actor } = await this.begin(ctx, tx);
      const current = await this.lockVersion(tx, key, version, actor);
      if (current.builtIn) throw new AppError('role_built_in');
      const holders = await this.repository.holders(tx, [key]);
      if (holders.length > 0) throw new AppError('role_in_use', { data: { holders: holders.length } });
      await this.repository.remove(tx, key);
    });
  }

  private async begin(ctx: RequestContext, tx: UnitOfWorkTx, wanted?: PutRole): Promise<{ actor: Actor }> {
    await this.lockAccess(tx);
    const table = await this.table(tx);
    const actor = await this.actor(tx, principalOf(ctx), table);
    if (!actor.access.permissions.has('roles:manage')) throw new AppError('forbidden');
    const strange = wanted?.manages.find((key) => key !== '*' && !table.has(key));
    if (strange !== undefined) throw managesUnknown(strange);
    return { actor };
  }

  private async lockVersion(tx: UnitOfWorkTx, key: string, version: number, actor: Actor): Promise<RoleEntity> {
    const role = await this.repository.lock(tx, key);
    if (role === null) throw new AppError('not_found');
    if (role.version !== version) {
      throw new AppError('version_conflict', { current: toRole(role, mayAssign(actor.access, role)) });
    }
    if (!role.builtIn && role.level >= actor.access.level) throw new AppError('role_too_high');
    return role;
  }

  private async changed(ctx: RequestContext, tx: UnitOfWorkTx, key: string): Promise<void> {
    await this.assertAdministratorRemains(tx);
    await this.tellHolders(ctx, tx, [key]);
  }

  /** What hangs on roles (memberships of channels, rights of open windows) follows their change. */
  private async tellHolders(ctx: RequestContext, tx: UnitOfWorkTx, keys: readonly string[]): Promise<void> {
    const holders = keys.length === 0 ? [] : await this.repository.holders(tx, keys);
    await this.hooks.accessChanged(ctx, tx, holders);
    if (holders.length > 0) tx.emit('users.access-changed', { userIds: holders });
  }

  private async read(tx: UnitOfWorkTx, key: string, actor: Actor): Promise<Role> {
    const role = await this.repository.lock(tx, key);
    if (role === null) throw new AppError('not_found');
    return toRole(role, mayAssign(actor.access, role));
  }
}

function sameGrant(
  a: Omit<PutRole, 'title' | 'groups' | 'permissions'> & { groups: string[]; permissions: string[] },
  b: PutRole,
): boolean {
  const same = (x: readonly string[], y: readonly string[]) => [...x].sort().join() === [...y].sort().join();
  return (
    a.level === b.level && same(a.groups, b.groups) && same(a.permissions, b.permissions) && same(a.manages, b.manages)
  );
}
