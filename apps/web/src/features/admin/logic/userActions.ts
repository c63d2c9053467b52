import type { Permission } from '@besedka/contracts/permissions';
import { OWNER_ROLE } from '@besedka/contracts/permissions';
import type { Me, User } from '@besedka/contracts/users';

export const USER_ACTIONS = [
  'edit',
  'invite',
  'enable',
  'sessions',
  'liftDelay',
  'handover',
  'disable',
  'delete',
] as const;
export type UserAction = (typeof USER_ACTIONS)[number];

/** Who asks: their account and the permissions of the session. */
export interface Actor {
  me: Pick<Me, 'id' | 'roles'>;
  can: (permission: Permission) => boolean;
}

/**
 * What may be offered for a row, in the order of the menu. The server decides again; this keeps the menu honest.
 *
 * @param now milliseconds since 1970, to tell whether a sign-in delay still runs
 */
export function userActions(user: User, actor: Actor, now: number): UserAction[] {
  const self = user.id === actor.me.id;
  const reach = user.editable && !self;
  const delayed = user.signInDelayedUntil !== null && Date.parse(user.signInDelayedUntil) > now;
  const offered: Record<UserAction, boolean> = {
    edit: user.editable && actor.can('users:update'),
    invite: reach && user.status === 'invited' && user.email !== null && actor.can('users:create'),
    enable: reach && user.status === 'disabled' && actor.can('users:disable'),
    sessions: reach && actor.can('users:sessions'),
    liftDelay: user.editable && delayed && actor.can('users:sessions'),
    handover: !self && user.status === 'active' && actor.me.roles.includes(OWNER_ROLE) && actor.can('owner:handover'),
    disable: reach && user.status === 'active' && actor.can('users:disable'),
    delete: reach && actor.can('users:delete'),
  };
  return USER_ACTIONS.filter((action) => offered[action]);
}
