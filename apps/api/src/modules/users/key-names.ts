import { BUILT_IN_ROLES, DEFAULT_ROLE } from '@besedka/contracts';

/** User names of the accounts that key roles begin with (F29): the role's own name, and `admin` for the moderator. */
const KEY_NAMES = ['admin', ...BUILT_IN_ROLES.map((role) => role.key).filter((key) => key !== DEFAULT_ROLE)];

const bare = (name: string): string => name.replace(/[._-]/g, '');

/**
 * Key accounts' names that a person could mistake this one for: `store-owner` and `storeowner` for `store_owner`. Letters that
 * only look alike cannot occur: user names are lower-case ASCII.
 */
export function lookAlikeKeyNames(username: string): string[] {
  return KEY_NAMES.filter((key) => key !== username && bare(key) === bare(username));
}
