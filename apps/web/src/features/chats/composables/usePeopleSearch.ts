import type { UserSummary } from '@besedka/contracts/users';
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { useSession } from '../../../shared/session';
import { chatsApi } from '../api';

/** People of the directory for a text, page by page; without a text simply the first ones. */
export function usePeopleSearch(exclude: (id: string) => boolean = () => false) {
  const session = useSession();
  const query = ref('');
  const people = shallowRef<UserSummary[]>([]);
  const loading = ref(true);
  const error = shallowRef<unknown>(null);
  const cursor = ref<string | null>(null);
  let abort: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(more = false): Promise<void> {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    loading.value = true;
    try {
      const q = query.value.trim();
      const page = await chatsApi.directory(
        { ...(q && { q }), ...(more && { cursor: cursor.value }), limit: 30 },
        mine.signal,
      );
      const found = page.items.filter((person) => person.id !== session.me?.id && !exclude(person.id));
      people.value = more ? [...people.value, ...found] : found;
      cursor.value = page.nextCursor;
      error.value = null;
    } catch (reason) {
      if (mine.signal.aborted) return;
      error.value = reason;
    }
    loading.value = false;
  }

  watch(query, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void load(), 180);
  });
  void load();
  onScopeDispose(() => {
    clearTimeout(timer);
    abort?.abort();
  });

  return { query, people, loading, error, cursor, load };
}
