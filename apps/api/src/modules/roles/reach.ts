import { DEFAULT_ROLE, type ErrorCode, OWNER_ROLE, type Permission } from '@besedka/contracts';
import type { RoleAccess, RoleGrant } from './access.js';

/**
 * Who may do what to whom. Nobody raises anyone to or above their own level; one edits only accounts that one's roles
 * manage and that stand lower; the owner role changes hands by handing over alone; nobody changes the roles or the status
 * of their own account, or deletes it. Every rule answers the code of the refusal, or null when it allows.
 */
export type Refusal = ErrorCode | null;

/** The one who acts. */
export interface Actor {
  readonly userId: string;
  readonly access: RoleAccess;
}

/** The account that is acted upon. */
export interface Target {
  readonly userId: string;
  readonly access: RoleAccess;
}

/** The default role says nothing about whose people somebody belongs to, unless it is all they have. */
function covers(actor: RoleAccess, roles: readonly string[]): boolean {
  if (actor.manages.has('*')) return true;
  const telling = roles.filter((key) => key !== DEFAULT_ROLE);
  return (telling.length === 0 ? roles : telling).every((key) => actor.manages.has(key));
}

/** Whether the target is another account that the actor manages. */
export function reachRefusal(actor: Actor, target: Target): Refusal {
  if (actor.userId === target.userId) return 'own_account';
  if (target.access.level >= actor.access.level || !covers(actor.access, target.access.roles)) return 'out_of_reach';
  return null;
}

/** Whether the actor may edit name, user name, e-mail and language of the target: everybody in reach, and oneself. */
export function editRefusal(actor: Actor, target: Target): Refusal {
  return actor.userId === target.userId ? null : reachRefusal(actor, target);
}

/** Whose accounts somebody may read, for a statement to ask: their own, and those that the roles in here tell. */
export interface ReadScope {
  readonly userId: string;
  /** Roles that make an account one of the actor's people. */
  readonly managed: readonly string[];
  /** Roles that their people may have beside. */
  readonly beside: readonly string[];
}

/** The same rule as `readRefusal`, for many; null: everybody's accounts may be read. */
export function readScope({ userId, access }: Actor, roles: readonly RoleGrant[]): ReadScope | null {
  if (access.manages.has('*')) return null;
  const lower = roles.filter((role) => role.level < access.level).map((role) => role.key);
  return {
    userId,
    managed: lower.filter((key) => access.manages.has(key)),
    beside: lower.filter((key) => key === DEFAULT_ROLE),
  };
}

/** Whether the actor may read the target's account: those who manage everybody may read everybody, others their people. */
export function readRefusal(actor: Actor, target: Target): Refusal {
  return actor.access.manages.has('*') ? null : editRefusal(actor, target);
}

/** Whether the actor may make these the roles of somebody; `current` is what they have now (empty for a new account). */
export function rolesRefusal(actor: Actor, wanted: readonly RoleGrant[], current: readonly string[] = []): Refusal {
  const keys = wanted.map((role) => role.key);
  if (keys.includes(OWNER_ROLE) !== current.includes(OWNER_ROLE)) return 'owner_only_by_handover';
  if (wanted.some((role) => role.level >= actor.access.level)) return 'role_too_high';
  return covers(actor.access, keys) ? null : 'out_of_reach';
}

/** Whether the actor may give this one role at all; what the web app offers. */
export function mayAssign(actor: RoleAccess, role: RoleGrant): boolean {
  if (role.key === OWNER_ROLE || role.level >= actor.level) return false;
  if (!actor.permissions.has('users:update') && !actor.permissions.has('users:create')) return false;
  return actor.manages.has('*') || actor.manages.has(role.key);
}

/** Whether the actor may make or change a role so: below their own level, and giving nothing that they do not have. */
export function roleDefinitionRefusal(actor: RoleAccess, role: Omit<RoleGrant, 'key'>): Refusal {
  if (role.level >= actor.level) return 'role_too_high';
  const within =
    role.permissions.every((name) => actor.permissions.has(name as Permission)) &&
    role.groups.every((name) => (actor.groups as readonly string[]).includes(name)) &&
    (actor.manages.has('*') || role.manages.every((key) => actor.manages.has(key)));
  return within ? null : 'forbidden';
}
