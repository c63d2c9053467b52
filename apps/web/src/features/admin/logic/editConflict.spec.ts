import { describe, expect, it } from '@jest/globals';
import type { Role } from '@besedka/contracts/users';
import { allFrom, differences, merge, undecided, undisputed } from './editConflict';
import { firstRoles, sameFields, toPut, USER_FORM, type UserFields } from './userForm';

const base: UserFields = {
  username: 'anna',
  fullName: 'Анна',
  email: 'anna@example.com',
  locale: 'ru',
  roles: ['user', 'store_admin'],
};

describe('two admins editing one user', () => {
  it('finds nothing to choose when both meant the same', () => {
    const mine = { ...base, fullName: 'Анна Петрова' };
    const theirs = { ...base, fullName: ' Анна Петрова ', roles: ['store_admin', 'user'] };
    expect(differences(USER_FORM, base, mine, theirs)).toEqual([]);
  });

  it('keeps changes to different fields of both, and asks nothing', () => {
    const mine = { ...base, fullName: 'Анна Петрова' };
    const theirs = { ...base, email: '' };
    const list = differences(USER_FORM, base, mine, theirs);
    expect(list).toEqual([
      { field: 'fullName', changedBy: 'mine' },
      { field: 'email', changedBy: 'theirs' },
    ]);
    const choices = undisputed(list);
    expect(undecided(list, choices)).toEqual([]);
    expect(merge(USER_FORM, mine, theirs, choices)).toEqual({ ...base, fullName: 'Анна Петрова', email: '' });
  });

  it('leaves a field that both changed open until the person chooses', () => {
    const mine = { ...base, fullName: 'Анна Первая', roles: ['user'] };
    const theirs = { ...base, fullName: 'Анна Вторая' };
    const list = differences(USER_FORM, base, mine, theirs);
    const choices = undisputed(list);
    expect(choices).toEqual({ roles: 'mine' });
    expect(undecided(list, choices)).toEqual(['fullName']);
    expect(merge(USER_FORM, mine, theirs, { ...choices, fullName: 'theirs' })).toEqual({
      ...base,
      fullName: 'Анна Вторая',
      roles: ['user'],
    });
  });

  it('can take one side whole', () => {
    const mine: UserFields = { username: 'a', fullName: 'A', email: '', locale: 'en', roles: ['user'] };
    const theirs: UserFields = { username: 'b', fullName: 'B', email: 'b@b.b', locale: 'ru', roles: ['moderator'] };
    const list = differences(USER_FORM, base, mine, theirs);
    expect(merge(USER_FORM, mine, theirs, allFrom(list, 'mine'))).toEqual(mine);
    expect(merge(USER_FORM, mine, theirs, allFrom(list, 'theirs'))).toEqual(theirs);
  });

  it('shares no list of roles with what it was made from', () => {
    const merged = merge(USER_FORM, base, { ...base }, {});
    merged.roles.push('owner');
    expect(base.roles).toEqual(['user', 'store_admin']);
  });
});

describe('the edit form', () => {
  it('sends no address as null and leaves the status alone', () => {
    expect(toPut({ ...base, email: '  ' })).toEqual({
      username: 'anna',
      fullName: 'Анна',
      email: null,
      locale: 'ru',
      roles: ['user', 'store_admin'],
    });
  });

  it('is unchanged when only the order of roles differs', () => {
    expect(sameFields(base, { ...base, roles: ['store_admin', 'user'] })).toBe(true);
    expect(sameFields(base, { ...base, locale: 'en' })).toBe(false);
  });

  it('begins a new account with the role everybody has, or the lowest one may give', () => {
    const role = (key: string, level: number, assignable: boolean): Role => ({
      key,
      title: key,
      builtIn: true,
      level,
      groups: [],
      permissions: [],
      manages: [],
      version: 1,
      assignable,
    });
    const all = [role('moderator', 80, true), role('store_admin', 40, true), role('user', 20, true)];
    expect(firstRoles(all)).toEqual(['user']);
    expect(firstRoles([role('store_admin', 40, true), role('user', 20, false)])).toEqual(['store_admin']);
    expect(firstRoles([])).toEqual(['user']);
  });
});
