import type { Message } from '@besedka/contracts/chats';
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { useSession } from '../../../shared/session';
import type { HistoryPosition } from '../api';
import { blockAt, hasAfter, hasBefore, messagesOf, newestBlock, type Block, type History } from '../logic/blocks';
import { rowKey, timelineRows, type TimelineRow } from '../logic/grouping';
import { useChats } from '../store';

/** Messages drawn at once; more than any screen shows, so that what is cut is never in view. */
const WINDOW = 160;
const STEP = 50;

export type OpenAt = { kind: 'bottom' } | { kind: 'unread' } | { kind: 'row'; key: string; offset: number };

/**
 * Which messages of a chat are drawn: a stretch of one loaded block. It moves with the reader, loads what lies beyond its block, and
 * grows with live messages only at the end. One per open chat.
 *
 * @param following whether the reader is at the bottom, so that the stretch may let go of its upper end
 */
export function useTimeline(chatId: string, following: () => boolean) {
  const store = useChats();
  const myId = useSession().me?.id ?? '';
  const stretch = shallowRef<Block | null>(null);
  const phase = ref<'loading' | 'ready' | 'failed'>('loading');
  const error = shallowRef<unknown>(null);
  /** Which edge is being loaded, and which could not be. */
  const loading = ref<'before' | 'after' | null>(null);
  const failed = ref<'before' | 'after' | null>(null);
  const unreadFrom = ref<number | null>(null);

  const history = computed<History | undefined>(() => {
    const known = store.history(chatId);
    // A new object with every change, so that what depends on it is computed anew.
    return known?.loaded ? { ...known } : undefined;
  });
  const block = computed<Block | undefined>(() => {
    if (!history.value) return undefined;
    return stretch.value ? blockAt(history.value, stretch.value.to) : newestBlock(history.value);
  });
  const before = computed(() => Boolean(history.value && block.value && hasBefore(history.value, block.value)));
  const after = computed(() => Boolean(history.value && block.value && hasAfter(history.value, block.value)));
  /** Whether the newest message is drawn. */
  const atNewest = computed(() => !after.value && (!block.value || stretch.value?.to === block.value.to));
  /** Whether the start of the conversation is drawn. */
  const atStart = computed(() => !before.value && (!block.value || stretch.value?.from === block.value.from));

  const messages = computed<Message[]>(() =>
    history.value && stretch.value ? messagesOf(history.value, stretch.value.from, stretch.value.to) : [],
  );
  const rows = computed<TimelineRow[]>(() =>
    timelineRows({
      myId,
      messages: messages.value,
      pending: atNewest.value ? store.pending(chatId) : [],
      previous: stretch.value ? history.value?.messages.get(stretch.value.from - 1) : undefined,
      unreadFrom: unreadFrom.value,
      atStart: atStart.value,
    }),
  );

  watch(block, (now, was) => {
    if (!now) {
      stretch.value = null;
      return;
    }
    const shown = stretch.value;
    if (!shown) return show(now, now.to);
    const wasAtEnd = was !== undefined && shown.to >= was.to;
    // While somebody reads further up, the end grows below the view; but not for ever.
    const grow = wasAtEnd && (following() || now.to - shown.from <= WINDOW * 2);
    const to = grow ? now.to : Math.min(shown.to, now.to);
    const from = Math.max(now.from, following() && grow ? Math.max(shown.from, to - WINDOW + 1) : shown.from);
    stretch.value = { from, to };
  });

  /** Draws the part of `within` around `seq`. */
  function show(within: Block, seq: number): void {
    const to = Math.min(within.to, seq + WINDOW / 2);
    stretch.value = { from: Math.max(within.from, to - WINDOW + 1), to };
  }

  const load = async (position: HistoryPosition): Promise<History> => {
    await store.core?.load(chatId, position);
    return store.history(chatId)!;
  };

  /** Loads what is needed to begin and says where the reader should begin. */
  async function open(saved?: { seq: number; key: string; offset: number }): Promise<OpenAt> {
    phase.value = 'loading';
    try {
      const at = await openHere(saved);
      phase.value = 'ready';
      return at;
    } catch (reason) {
      error.value = reason;
      phase.value = 'failed';
      return { kind: 'bottom' };
    }
  }

  async function openHere(saved?: { seq: number; key: string; offset: number }): Promise<OpenAt> {
    const chat = store.chat(chatId);
    let known = store.history(chatId);
    if (chat && chat.unread > 0) {
      const first = chat.readSeq + 1;
      if (!known?.loaded || !blockAt(known, first)) known = await load({ around: first });
      const within = blockAt(known, first) ?? known.blocks.find((item) => item.to >= first);
      const unread = within && messagesOf(known, Math.max(first, within.from), within.to).find(isUnread);
      if (within && unread) {
        unreadFrom.value = unread.seq;
        show(within, unread.seq);
        return { kind: 'unread' };
      }
    }
    if (!known?.loaded || !(newestBlock(known) || known.lastSeq < (known.firstSeq ?? 0))) known = await load({});
    const within = saved && blockAt(known, saved.seq);
    if (saved && within) {
      show(within, saved.seq);
      return { kind: 'row', key: saved.key, offset: saved.offset };
    }
    const newest = newestBlock(known);
    if (newest) show(newest, newest.to);
    return { kind: 'bottom' };
  }

  const isUnread = (message: Message): boolean => message.author.id !== myId && message.deletedAt === null;

  /** Brings what lies beyond one edge of the stretch into it, from memory or from the server. */
  async function extend(edge: 'before' | 'after'): Promise<void> {
    const shown = stretch.value;
    const within = block.value;
    if (!shown || !within || phase.value !== 'ready') return;
    if (edge === 'before' && shown.from > within.from) {
      const from = Math.max(within.from, shown.from - STEP);
      stretch.value = { from, to: Math.min(shown.to, from + WINDOW - 1) };
    } else if (edge === 'after' && shown.to < within.to) {
      const to = Math.min(within.to, shown.to + STEP);
      stretch.value = { from: Math.max(shown.from, to - WINDOW + 1), to };
    } else if ((edge === 'before' ? before.value : after.value) && loading.value === null && failed.value !== edge) {
      loading.value = edge;
      try {
        await load(edge === 'before' ? { before: within.from } : { after: within.to });
        failed.value = null;
      } catch {
        failed.value = edge;
      } finally {
        loading.value = null;
      }
      if (failed.value === null) await extend(edge);
    }
  }

  function retry(edge: 'before' | 'after'): void {
    failed.value = null;
    void extend(edge);
  }

  /** Makes sure this message is drawn; null when there is no such message for me. */
  async function reach(seq: number): Promise<string | null> {
    let known = store.history(chatId);
    if (!known?.loaded || !blockAt(known, seq)) known = await load({ around: seq });
    const within = blockAt(known, seq);
    const message = known.messages.get(seq);
    if (!within || !message) return null;
    if (!stretch.value || seq < stretch.value.from || seq > stretch.value.to) show(within, seq);
    return rowKey(message, myId);
  }

  /** Makes sure the newest message is drawn. */
  async function reachNewest(): Promise<void> {
    let known = store.history(chatId);
    if (!known?.loaded || (known.lastSeq > 0 && !newestBlock(known))) known = await load({});
    const newest = newestBlock(known);
    if (newest) show(newest, newest.to);
  }

  // Messages that come while nobody looks are new to whoever comes back.
  onScopeDispose(
    store.onNewMessage((message) => {
      if (message.chatId !== chatId || store.attentive()) return;
      if (store.chat(chatId)?.unread === 1) unreadFrom.value = message.seq;
    }),
  );

  return {
    rows,
    messages,
    phase,
    error,
    before,
    after,
    atNewest,
    loading,
    failed,
    unreadFrom,
    stretch,
    open,
    extend,
    retry,
    reach,
    reachNewest,
  };
}
