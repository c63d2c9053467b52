import { Injectable } from '@nestjs/common';
import { type Permission } from '@besedka/contracts';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { type Actor, type Refusal, type Target } from '../roles/reach.js';
import type { RoleTable } from '../roles/role-table.js';
import { assertAllowed } from '../roles/roles.errors.js';
import { RolesService } from '../roles/roles.service.js';
import { UsersRepository } from './users.repository.js';
import type { UserRow } from './users.rows.js';

/** Who acts, and the roles as they are, both read inside the transaction that will act on them. */
export interface Acting {
  readonly actor: Actor;
  readonly table: RoleTable;
}

/** The beginning of every use case that acts upon somebody else's account. */
@Injectable()
export class UserReachService {
  constructor(
    private readonly roles: RolesService,
    private readonly repository: UsersRepository,
  ) {}

  /**
   * Waits for the turn to change access and looks at the actor anew.
   * @throws AppError `forbidden` when the permission was taken away since the request arrived
   */
  async begin(ctx: RequestContext, tx: UnitOfWorkTx, permission: Permission): Promise<Acting> {
    const acting = await this.beginOwn(ctx, tx);
    if (!acting.actor.access.permissions.has(permission)) throw new AppError('forbidden');
    return acting;
  }

  /** The same for what everybody may do with their own account. */
  async beginOwn(ctx: RequestContext, tx: UnitOfWorkTx): Promise<Acting> {
    await this.roles.lockAccess(tx);
    const table = await this.roles.table(tx);
    return { actor: await this.roles.actor(tx, principalOf(ctx), table), table };
  }

  /** The account, locked. @throws AppError `not_found`, or what the rule answers */
  async target(
    tx: UnitOfWorkTx,
    { actor, table }: Acting,
    id: string,
    rule: (actor: Actor, target: Target) => Refusal,
  ): Promise<UserRow> {
    const row = await this.repository.lock(tx, id);
    if (row === null) throw new AppError('not_found');
    assertAllowed(rule(actor, { userId: id, access: table.access(row.roles) }));
    return row;
  }
}
