import type { UserStatus } from '@besedka/contracts';

/** What an administrator may turn a status into. Activation is the invited person's own act and stands elsewhere. */
const TRANSITIONS: Readonly<Record<UserStatus, readonly UserStatus[]>> = {
  invited: ['disabled'],
  active: ['disabled'],
  disabled: ['active'],
};

/**
 * The status that follows from the wish, or null when there is no such way. An account that was disabled before its owner
 * ever chose a password goes back to `invited`: enabling cannot invent a password.
 */
export function nextStatus(current: UserStatus, wanted: UserStatus, hasPassword: boolean): UserStatus | null {
  if (current === wanted) return current;
  if (!TRANSITIONS[current].includes(wanted)) return null;
  return wanted === 'active' && !hasPassword ? 'invited' : wanted;
}
