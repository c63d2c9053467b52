import { USER_STATUSES } from '@besedka/contracts';
import { nextStatus } from './user-status.js';

it.each([
  ['invited', 'active', false, null],
  ['invited', 'disabled', false, 'disabled'],
  ['active', 'disabled', true, 'disabled'],
  ['active', 'invited', true, null],
  ['disabled', 'active', true, 'active'],
  ['disabled', 'active', false, 'invited'],
  ['disabled', 'invited', false, null],
] as const)('%s → %s with a password %s: %s', (current, wanted, hasPassword, next) => {
  expect(nextStatus(current, wanted, hasPassword)).toBe(next);
});

it('staying is always possible', () => {
  for (const status of USER_STATUSES) expect(nextStatus(status, status, false)).toBe(status);
});
