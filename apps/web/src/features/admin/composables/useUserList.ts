import type { Page } from '@besedka/contracts/paging';
import type { User } from '@besedka/contracts/users';
import { onScopeDispose, readonly, ref, shallowRef, watch, type Ref } from 'vue';
import type { UserListState } from '../logic/userListState';

/** `first`: nothing to show yet; `changing`: older rows stand until the new ones come; `failed`: `error` tells why. */
export type ListPhase = 'first' | 'changing' | 'ready' | 'failed';

export interface UserList {
  rows: Readonly<Ref<readonly User[]>>;
  phase: Readonly<Ref<ListPhase>>;
  error: Readonly<Ref<unknown>>;
  /** Whether rows follow those that are shown. */
  hasMore: Readonly<Ref<boolean>>;
  loadingMore: Readonly<Ref<boolean>>;
  moreError: Readonly<Ref<unknown>>;
  reload: () => Promise<void>;
  loadMore: () => Promise<void>;
  /** Shows a changed user where its row stands: an edit never moves rows under the reader's eyes. */
  replace: (user: User) => void;
  remove: (id: string) => void;
}

/** Asks for the rows after `cursor`; rejects with anything once `signal` is aborted. */
export type FetchPage = (state: UserListState, cursor: string | null, signal: AbortSignal) => Promise<Page<User>>;

/** The rows of the table: follows search, filters and order, adds page after page, and lets only the latest answer count. */
export function useUserList(state: Readonly<Ref<UserListState>>, fetchPage: FetchPage): UserList {
  const rows = shallowRef<readonly User[]>([]);
  const phase = ref<ListPhase>('first');
  const error = shallowRef<unknown>(null);
  const hasMore = ref(false);
  const loadingMore = ref(false);
  const moreError = shallowRef<unknown>(null);
  let cursor: string | null = null;
  let current = new AbortController();

  async function reload(): Promise<void> {
    current.abort();
    const asked = (current = new AbortController());
    phase.value = rows.value.length > 0 ? 'changing' : 'first';
    loadingMore.value = false;
    moreError.value = null;
    try {
      const page = await fetchPage(state.value, null, asked.signal);
      if (asked.signal.aborted) return;
      take(page.items, page.nextCursor);
      phase.value = 'ready';
    } catch (failure) {
      if (asked.signal.aborted) return;
      take([], null);
      error.value = failure;
      phase.value = 'failed';
    }
  }

  async function loadMore(): Promise<void> {
    if (cursor === null || loadingMore.value || phase.value !== 'ready') return;
    const asked = current;
    loadingMore.value = true;
    moreError.value = null;
    try {
      const page = await fetchPage(state.value, cursor, asked.signal);
      if (asked.signal.aborted) return;
      // Somebody renamed meanwhile may come again on a later page.
      const known = new Set(rows.value.map(({ id }) => id));
      take([...rows.value, ...page.items.filter(({ id }) => !known.has(id))], page.nextCursor);
    } catch (failure) {
      if (!asked.signal.aborted) moreError.value = failure;
    } finally {
      if (!asked.signal.aborted) loadingMore.value = false;
    }
  }

  function take(items: readonly User[], next: string | null): void {
    rows.value = items;
    cursor = next;
    hasMore.value = next !== null;
    error.value = null;
  }

  watch(() => JSON.stringify(state.value), reload, { immediate: true });
  onScopeDispose(() => current.abort());

  return {
    rows,
    phase: readonly(phase),
    error,
    hasMore: readonly(hasMore),
    loadingMore: readonly(loadingMore),
    moreError,
    reload,
    loadMore,
    replace: (user) => (rows.value = rows.value.map((row) => (row.id === user.id ? user : row))),
    remove: (id) => (rows.value = rows.value.filter((row) => row.id !== id)),
  };
}
