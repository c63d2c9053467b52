import type { Role } from '@besedka/contracts';
import { accessOf } from './access.js';
import type { RoleEntity } from './entities/role.entity.js';

/** The public shape of a role; stored names that no longer exist are left out. */
export function toRole(role: RoleEntity, assignable: boolean): Role {
  const { groups, permissions } = accessOf([role]);
  const { key, title, builtIn, level, manages, version } = role;
  return {
    key,
    title,
    builtIn,
    level,
    groups: [...groups],
    permissions: [...permissions],
    manages,
    version,
    assignable,
  };
}
