import { GROUPS, type Group, type Permission, PERMISSION_NAMES } from '@besedka/contracts';

/** What one role gives. */
export interface RoleGrant {
  readonly key: string;
  readonly level: number;
  readonly groups: readonly string[];
  readonly permissions: readonly string[];
  readonly manages: readonly string[];
}

/** What somebody's roles give together. */
export interface RoleAccess {
  readonly roles: readonly string[];
  /** Highest of the roles; 0 without any. */
  readonly level: number;
  readonly groups: readonly Group[];
  readonly permissions: ReadonlySet<Permission>;
  /** Role keys whose holders may be managed; `*`: everybody below the level. */
  readonly manages: ReadonlySet<string>;
}

const isPermission = (name: string): name is Permission => (PERMISSION_NAMES as readonly string[]).includes(name);
const isGroup = (name: string): name is Group => (GROUPS as readonly string[]).includes(name);

/** Roles add up: the highest level, and everything that any of them gives. Names that no longer exist give nothing. */
export function accessOf(grants: readonly RoleGrant[]): RoleAccess {
  const groups = new Set(grants.flatMap((grant) => grant.groups));
  return {
    roles: grants.map((grant) => grant.key).sort(),
    level: Math.max(0, ...grants.map((grant) => grant.level)),
    groups: [...groups].filter(isGroup),
    permissions: new Set(grants.flatMap((grant) => grant.permissions).filter(isPermission)),
    manages: new Set(grants.flatMap((grant) => grant.manages)),
  };
}
