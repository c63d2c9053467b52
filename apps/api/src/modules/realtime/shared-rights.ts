import type { Principal } from '../../common/context/request-context.js';

/** Different sets of rights that are kept; far more than there are combinations of roles. */
const KINDS_MAX = 500;

/**
 * Makes principals with the same rights share their lists: thousands of connected people have a handful of role combinations, and
 * own copies were a tenth of what an idle connection costs.
 */
export class SharedRights {
  private readonly kinds = new Map<string, Pick<Principal, 'roles' | 'groups' | 'permissions'>>();

  share(principal: Principal): Principal {
    const { roles, groups, permissions } = principal;
    const key = [roles, groups, [...permissions].sort()].map((names) => names.join(' ')).join('|');
    let kind = this.kinds.get(key);
    if (kind === undefined) {
      if (this.kinds.size >= KINDS_MAX) this.kinds.clear();
      kind = { roles, groups, permissions };
      this.kinds.set(key, kind);
    }
    return { ...principal, ...kind };
  }
}
