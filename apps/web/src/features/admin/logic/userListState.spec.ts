import { describe, expect, it } from '@jest/globals';
import { ariaSort, DEFAULT_LIST, isFiltered, listFromQuery, listToQuery, pressColumn } from './userListState';

describe('the list of users in the address', () => {
  it('keeps the address empty while everything is as usual', () => {
    expect(listToQuery(DEFAULT_LIST)).toEqual({});
    expect(listFromQuery({})).toEqual(DEFAULT_LIST);
  });

  it('reads back what it wrote', () => {
    const states = [
      { ...DEFAULT_LIST, q: 'анна', role: 'store_admin', status: 'disabled' as const },
      { ...DEFAULT_LIST, direction: 'desc' as const },
      { ...DEFAULT_LIST, sort: 'lastSeenAt' as const, direction: 'desc' as const },
      { ...DEFAULT_LIST, sort: 'createdAt' as const, direction: 'asc' as const },
    ];
    for (const state of states) expect(listFromQuery(listToQuery(state))).toEqual(state);
  });

  it('forgives an address that makes no sense', () => {
    const state = listFromQuery({
      q: ['  first ', 'second'],
      role: '<script>',
      status: 'asleep',
      sort: 'password',
      direction: 'sideways',
    });
    expect(state).toEqual({ ...DEFAULT_LIST, q: 'first' });
    expect(listFromQuery({ q: 'x'.repeat(500) }).q).toHaveLength(100);
    expect(listFromQuery({ q: null, role: null })).toEqual(DEFAULT_LIST);
  });
});

describe('sorting by a column', () => {
  it('begins with names at A and with times at the newest', () => {
    expect(pressColumn(DEFAULT_LIST, 'username')).toMatchObject({ sort: 'username', direction: 'asc' });
    expect(pressColumn(DEFAULT_LIST, 'lastSeenAt')).toMatchObject({ sort: 'lastSeenAt', direction: 'desc' });
  });

  it('turns around when pressed again and leaves the filters alone', () => {
    const once = pressColumn({ ...DEFAULT_LIST, q: 'anna' }, 'createdAt');
    const twice = pressColumn(once, 'createdAt');
    expect(twice).toEqual({ ...DEFAULT_LIST, q: 'anna', sort: 'createdAt', direction: 'asc' });
  });

  it('tells screen readers which column sorts', () => {
    expect(ariaSort(DEFAULT_LIST, 'fullName')).toBe('ascending');
    expect(ariaSort({ ...DEFAULT_LIST, direction: 'desc' }, 'fullName')).toBe('descending');
    expect(ariaSort(DEFAULT_LIST, 'username')).toBe('none');
  });

  it('is no filter', () => {
    expect(isFiltered(pressColumn(DEFAULT_LIST, 'username'))).toBe(false);
    expect(isFiltered({ ...DEFAULT_LIST, status: 'invited' })).toBe(true);
  });
});
