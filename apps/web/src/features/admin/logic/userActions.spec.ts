import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES, type Permission } from '@besedka/contracts/permissions';
import type { User } from '@besedka/contracts/users';
import { userActions, type Actor } from './userActions';

const NOW = Date.parse('2026-01-01T12:00:00Z');

const actor = (role: string, id = 'me'): Actor => {
  const permissions = new Set<Permission>(BUILT_IN_ROLES.find(({ key }) => key === role)?.permissions);
  return { me: { id, roles: [role] }, can: (permission) => permissions.has(permission) };
};

const user = (changes: Partial<User> = {}): User => ({
  id: 'other',
  username: 'anna',
  fullName: 'Анна',
  avatarUrl: null,
  email: 'anna@example.com',
  locale: 'ru',
  status: 'active',
  roles: ['user'],
  version: 1,
  createdAt: '2025-01-01T00:00:00Z',
  lastSeenAt: null,
  editable: true,
  signInDelayedUntil: null,
  ...changes,
});

const offered = (role: string, changes?: Partial<User>): string[] => userActions(user(changes), actor(role), NOW);

describe('the menu of a row', () => {
  it('offers nothing for an account out of reach', () => {
    expect(offered('moderator', { editable: false, roles: ['owner'] })).toEqual([]);
  });

  it('follows the permissions of the role', () => {
    expect(offered('moderator')).toEqual(['edit', 'sessions', 'disable', 'delete']);
    expect(offered('store_owner')).toEqual(['edit', 'sessions', 'disable']);
    expect(offered('user')).toEqual([]);
  });

  it('follows the status of the account', () => {
    expect(offered('moderator', { status: 'disabled' })).toEqual(['edit', 'enable', 'sessions', 'delete']);
    expect(offered('moderator', { status: 'invited' })).toContain('invite');
    expect(offered('moderator', { status: 'invited', email: null })).not.toContain('invite');
  });

  it('offers to lift a delay only while it runs', () => {
    expect(offered('moderator', { signInDelayedUntil: '2026-01-01T12:05:00Z' })).toContain('liftDelay');
    expect(offered('moderator', { signInDelayedUntil: '2026-01-01T11:55:00Z' })).not.toContain('liftDelay');
  });

  it('lets only the owner hand over, only to somebody active', () => {
    expect(offered('owner')).toContain('handover');
    expect(offered('owner', { status: 'invited' })).not.toContain('handover');
    expect(offered('moderator')).not.toContain('handover');
  });

  it('never offers to disable, delete or sign out oneself', () => {
    expect(userActions(user({ id: 'me' }), actor('owner'), NOW)).toEqual(['edit']);
  });
});
