import type { Chat, ChatMember } from '@besedka/contracts/chats';
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { chatsApi } from '../api';
import { useChats } from '../store';

/** Members of a chat, page by page; fetched anew when somebody comes or goes. */
export function useMembers(chat: () => Chat) {
  const store = useChats();
  const members = shallowRef<ChatMember[]>([]);
  const cursor = ref<string | null>(null);
  const loading = ref(true);
  const error = shallowRef<unknown>(null);
  const query = ref('');
  let run = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(more = false): Promise<void> {
    const mine = (run += 1);
    loading.value = true;
    try {
      const q = query.value.trim();
      const page = await chatsApi.members(chat().id, {
        ...(q && { q }),
        ...(more && { cursor: cursor.value }),
        limit: 50,
      });
      if (mine !== run) return;
      members.value = more ? [...members.value, ...page.items] : page.items;
      cursor.value = page.nextCursor;
      if (!q) store.memberTotals.set(chat().id, page.total);
      error.value = null;
    } catch (reason) {
      if (mine !== run) return;
      error.value = reason;
    }
    loading.value = false;
  }

  watch(
    [() => chat().id, () => store.membersTick, query],
    ([id, , q], before) => {
      clearTimeout(timer);
      if (before && id !== before[0]) members.value = [];
      timer = setTimeout(() => void load(), before && q !== before[2] ? 180 : 0);
    },
    { immediate: true },
  );
  watch(members, (list) =>
    store.core?.presence.watch(
      'details',
      list.map((member) => member.id),
    ),
  );
  onScopeDispose(() => {
    run += 1;
    clearTimeout(timer);
    store.core?.presence.watch('details', []);
  });

  return { members, cursor, loading, error, query, load };
}
