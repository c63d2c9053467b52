import { describe, expect, it } from '@jest/globals';
import { roleNameProblems, rowsOf, sameNames, typedNames } from './roleNames';

const row = (role: string, typed: string): { role: string; title: string; typed: string } => ({
  role,
  title: role,
  typed,
});

describe('role names for other applications', () => {
  it('are typed with commas or spaces, each once', () => {
    expect(typedNames(' admin, vip  admin;leader ')).toEqual(['admin', 'vip', 'leader']);
    expect(typedNames('  ')).toEqual([]);
    expect(sameNames('admin, vip', 'vip admin')).toBe(true);
    expect(sameNames('admin', '')).toBe(false);
  });

  it('stand in rows as the server has them', () => {
    const items = [{ role: 'owner', title: 'Owner', names: ['admin', 'vip'] }];
    expect(rowsOf({ items, version: 1 })).toEqual([{ role: 'owner', title: 'Owner', typed: 'admin, vip' }]);
  });

  it('a name that no application could take is told beside its role', () => {
    expect(roleNameProblems([row('owner', 'admin'), row('moderator', 'Админ')])).toEqual(
      new Map([['moderator', 'bad_role_name']]),
    );
    expect(roleNameProblems([row('owner', ''), row('user', 'live_chat-agent2')])).toEqual(new Map());
  });
});
