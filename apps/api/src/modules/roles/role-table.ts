import type { Principal } from '../../common/context/request-context.js';
import { accessOf, type RoleAccess, type RoleGrant } from './access.js';
import type { Actor } from './reach.js';
import { roleUnknown } from './roles.errors.js';

/** All roles as of one moment, for questions about many people at once. */
export class RoleTable {
  private readonly byKey: ReadonlyMap<string, RoleGrant>;

  constructor(readonly roles: readonly RoleGrant[]) {
    this.byKey = new Map(roles.map((role) => [role.key, role]));
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** What these roles give together; unknown keys give nothing. */
  access(keys: readonly string[]): RoleAccess {
    return accessOf(keys.flatMap((key) => this.byKey.get(key) ?? []));
  }

  /** The named roles. @throws AppError `role_unknown` naming those that do not exist */
  pick(keys: readonly string[]): RoleGrant[] {
    const unknown = keys.filter((key) => !this.byKey.has(key));
    if (unknown.length > 0) throw roleUnknown(unknown);
    return [...new Set(keys)].flatMap((key) => this.byKey.get(key) ?? []);
  }

  /** The signed-in person as one who acts. */
  actor(principal: Principal): Actor {
    return { userId: principal.userId, access: this.access(principal.roles) };
  }
}
