import { afterEach, describe, expect, it } from '@jest/globals';
import type { Page } from '@besedka/contracts/paging';
import type { User } from '@besedka/contracts/users';
import { effectScope, nextTick, ref, type EffectScope } from 'vue';
import { DEFAULT_LIST, type UserListState } from '../logic/userListState';
import { useUserList, type UserList } from './useUserList';

interface Asked {
  state: UserListState;
  cursor: string | null;
  signal: AbortSignal;
  answer: (ids: string[], next?: string | null) => Promise<void>;
  fail: (error: unknown) => Promise<void>;
}

const user = (id: string, fullName = id): User => ({
  id,
  username: id,
  fullName,
  avatarUrl: null,
  email: null,
  locale: 'ru',
  status: 'active',
  roles: ['user'],
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  lastSeenAt: null,
  editable: true,
  signInDelayedUntil: null,
});

let scope: EffectScope | undefined;
afterEach(() => scope?.stop());

/** A list whose server answers when the test says so. */
function open(): { list: UserList; state: { value: UserListState }; asked: Asked[]; ids: () => string[] } {
  const state = ref<UserListState>({ ...DEFAULT_LIST });
  const asked: Asked[] = [];
  const fetchPage = (now: UserListState, cursor: string | null, signal: AbortSignal): Promise<Page<User>> =>
    new Promise((resolve, reject) => {
      const settled = async (settle: () => void): Promise<void> => {
        settle();
        await nextTick();
        await nextTick();
      };
      asked.push({
        state: { ...now },
        cursor,
        signal,
        answer: (ids, next = null) => settled(() => resolve({ items: ids.map((id) => user(id)), nextCursor: next })),
        fail: (error) => settled(() => reject(error)),
      });
    });
  scope = effectScope();
  const list = scope.run(() => useUserList(state, fetchPage));
  if (!list) throw new Error('no list');
  return { list, state, asked, ids: () => list.rows.value.map(({ id }) => id) };
}

describe('the rows of the table', () => {
  it('come page after page, every person once', async () => {
    const { list, asked, ids } = open();
    expect(list.phase.value).toBe('first');
    await asked[0]!.answer(['a', 'b'], 'next');
    expect([list.phase.value, list.hasMore.value]).toEqual(['ready', true]);
    void list.loadMore();
    void list.loadMore();
    expect(asked).toHaveLength(2);
    expect(asked[1]!.cursor).toBe('next');
    // b was renamed meanwhile and comes again.
    await asked[1]!.answer(['b', 'c']);
    expect(ids()).toEqual(['a', 'b', 'c']);
    expect(list.hasMore.value).toBe(false);
    await list.loadMore();
    expect(asked).toHaveLength(2);
  });

  it('are those of the latest question, however late an earlier answer comes', async () => {
    const { list, state, asked, ids } = open();
    await asked[0]!.answer(['a']);
    state.value = { ...DEFAULT_LIST, q: 'b' };
    await nextTick();
    // The former rows stand until the new ones are there.
    expect([list.phase.value, ids()]).toEqual(['changing', ['a']]);
    state.value = { ...DEFAULT_LIST, q: 'bo' };
    await nextTick();
    expect(asked[1]!.signal.aborted).toBe(true);
    await asked[2]!.answer(['boris']);
    await asked[1]!.answer(['b', 'boris']);
    expect(ids()).toEqual(['boris']);
  });

  it('make room for the reason when they cannot be had, and come back on asking again', async () => {
    const { list, asked, ids } = open();
    const error = new Error('down');
    await asked[0]!.fail(error);
    expect([list.phase.value, list.error.value, ids()]).toEqual(['failed', error, []]);
    void list.reload();
    await asked[1]!.answer(['a']);
    expect([list.phase.value, list.error.value, ids()]).toEqual(['ready', null, ['a']]);
  });

  it('stay when only the next page fails', async () => {
    const { list, asked, ids } = open();
    await asked[0]!.answer(['a'], 'next');
    void list.loadMore();
    await asked[1]!.fail(new Error('down'));
    expect([list.phase.value, ids(), list.loadingMore.value]).toEqual(['ready', ['a'], false]);
    expect(list.moreError.value).toBeInstanceOf(Error);
    void list.loadMore();
    await asked[2]!.answer(['b']);
    expect([ids(), list.moreError.value]).toEqual([['a', 'b'], null]);
  });

  it('keep their places when one is changed, and close up when one is gone', async () => {
    const { list, asked } = open();
    await asked[0]!.answer(['a', 'b', 'c']);
    list.replace(user('b', 'Я стал последним по алфавиту'));
    expect(list.rows.value.map(({ fullName }) => fullName)).toEqual(['a', 'Я стал последним по алфавиту', 'c']);
    list.remove('a');
    expect(list.rows.value.map(({ id }) => id)).toEqual(['b', 'c']);
  });
});
