import type { Chat, Message, Quote } from '@besedka/contracts/chats';
import type { GoneReason, Presence } from '@besedka/contracts/realtime';
import type { UserSummary } from '@besedka/contracts/users';
import { compareChats, totalUnread } from '@besedka/contracts/chat-state';
import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowReactive, shallowRef, watch } from 'vue';
import { useUnreadTotal } from '../../shared/pageTitle';
import { useRealtime } from '../../shared/realtime';
import { backoffDelay } from '../../shared/realtime/backoff';
import { useSession } from '../../shared/session';
import { chatsApi } from './api';
import { ChatsCore } from './core';
import { listen } from './events';
import type { History } from './logic/blocks';
import { EMPTY_DRAFT, type Draft } from './logic/drafts';
import { browserStorage } from './logic/keyStorage';
import type { OutboxEntry } from './logic/outbox';
import { typingSender } from './logic/typing';

/** Whether the person can be looking at the page now. */
const attentive = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

/**
 * The chats of the signed-in person, as the page draws them. The rules live in `core.ts`; here are only ticks: a reader names what it
 * depends on, and is drawn anew when that has changed. Signing out or in as somebody else starts from nothing.
 */
export const useChats = defineStore('chats', () => {
  const session = useSession();
  const realtime = useRealtime();
  const core = shallowRef<ChatsCore | null>(null);
  const ticks = reactive({ chats: 0, history: 0, outbox: 0, drafts: 0, typing: 0, presence: 0 });
  /** The chat that is open in this window. */
  const openId = ref<string | null>(null);
  const goneReasons = shallowReactive(new Map<string, GoneReason>());
  /** Chats that the person left, deleted or took off the list in this window. */
  const removedByMe = new Set<string>();
  const memberTotals = shallowReactive(new Map<string, number>());
  /** Grows with every change of members, so that an open list fetches anew. */
  const membersTick = ref(0);
  let stop: () => void = () => undefined;

  const chats = computed<Chat[]>(() => {
    void ticks.chats;
    const all = core.value ? [...core.value.state.chats.values()].map((entry) => entry.chat) : [];
    return all.sort(compareChats);
  });
  const ready = computed(() => (void ticks.chats, core.value?.ready ?? false));
  const waiting = computed(() => (void ticks.outbox, core.value?.outbox.waiting() ?? 0));

  function begin(userId: string | undefined): void {
    stop();
    goneReasons.clear();
    removedByMe.clear();
    memberTotals.clear();
    core.value = null;
    useUnreadTotal().value = 0;
    if (!userId) return;
    const made = new ChatsCore({
      userId,
      realtime,
      history: chatsApi.history,
      storage: browserStorage(),
      backoff: backoffDelay,
      newId: () => crypto.randomUUID(),
      attentive,
      changed(what) {
        ticks[what] += 1;
        if (what === 'chats') useUnreadTotal().value = totalUnread(made.state);
      },
    });
    const unlisten = listen(made, realtime, {
      snapshot: () => openOnServer(openId.value),
      gone: (chatId, reason) => goneReasons.set(chatId, reason),
      owner: () => (membersTick.value += 1),
      members(chatId, added, removed) {
        const total = memberTotals.get(chatId);
        if (total !== undefined) memberTotals.set(chatId, total + added.length - removed.length);
        membersTick.value += 1;
      },
    });
    const unwatch = watch(realtime.state, (state) => (state === 'online' ? made.connected() : made.disconnected()), {
      flush: 'sync',
    });
    stop = () => {
      unlisten();
      unwatch();
      made.stop();
    };
    core.value = made;
    // The connection stands already, for another part of the app: the snapshot that it began with was not heard here.
    if (realtime.state.value === 'online') {
      realtime.stop();
      realtime.start();
    }
  }

  function openOnServer(chatId: string | null): void {
    if (realtime.state.value === 'online') realtime.emitAck('chat:open', { chatId }).catch(() => undefined);
  }

  /** Tells what this window shows, so that typing there is reported; null for none. */
  function open(chatId: string | null): void {
    if (openId.value && openId.value !== chatId) core.value?.reading.leave(openId.value);
    openId.value = chatId;
    openOnServer(chatId);
  }

  async function loadMemberTotal(chatId: string): Promise<void> {
    const { total } = await chatsApi.members(chatId, { limit: 1 });
    memberTotals.set(chatId, total);
  }

  const chat = (id: string | null | undefined): Chat | undefined => (
    void ticks.chats,
    id ? core.value?.chat(id) : undefined
  );
  const history = (id: string): History | undefined => (void ticks.history, core.value?.histories.get(id));
  const pending = (id: string): OutboxEntry[] => (
    void ticks.outbox,
    core.value?.outbox.list().filter((entry) => entry.chatId === id) ?? []
  );
  const isSending = (clientId: string): boolean => (void ticks.outbox, core.value?.outbox.isSending(clientId) ?? false);
  const draft = (id: string): Draft => (void ticks.drafts, core.value?.drafts.get(id) ?? EMPTY_DRAFT);
  const typing = (id: string): UserSummary[] => (void ticks.typing, core.value?.typing.who(id) ?? []);
  const presence = (userId: string | undefined): Presence | undefined => (
    void ticks.presence,
    core.value?.presence.of(userId)
  );

  const tellTyping = typingSender((chatId) => {
    if (realtime.state.value === 'online') realtime.emitAck('typing', { chatId }).catch(() => undefined);
  });

  /** Finds or makes the direct chat with a person. */
  async function openDirect(userId: string): Promise<Chat> {
    const known = chats.value.find((item) => item.kind === 'direct' && item.peer?.id === userId);
    if (known) return known;
    const made = await chatsApi.create({ kind: 'direct', userId });
    core.value?.told(made);
    return made;
  }

  async function createGroup(title: string, memberIds: string[]): Promise<Chat> {
    const made = await chatsApi.create({ kind: 'group', title, memberIds });
    core.value?.told(made);
    return made;
  }

  async function edit(chatId: string, seq: number, body: string): Promise<void> {
    core.value?.acknowledged((await realtime.emitAck('message:edit', { chatId, seq, body })).message);
  }

  async function remove(chatId: string, seq: number): Promise<void> {
    core.value?.acknowledged((await realtime.emitAck('message:delete', { chatId, seq })).message);
  }

  async function markRead(item: Chat): Promise<void> {
    const { state } = await realtime.emitAck('chat:read', { chatId: item.id, seq: item.lastSeq });
    core.value?.readState(state);
  }

  /** The person has left or removed this chat: it goes from this window at once. */
  function dropped(chatId: string): void {
    removedByMe.add(chatId);
    core.value?.forget(chatId);
  }

  /** From `fromSeq` on everything is unread again, until the chat is left and opened anew. */
  async function markUnread(item: Chat, fromSeq: number): Promise<void> {
    core.value?.reading.pause(item.id);
    await chatsApi.markUnread(item.id, fromSeq);
  }

  watch(() => session.me?.id, begin, { immediate: true, flush: 'sync' });
  addEventListener('storage', ({ key }) => {
    if (key === null) return;
    core.value?.outbox.storedElsewhere(key);
    core.value?.drafts.storedElsewhere(key);
  });
  addEventListener('pagehide', () => core.value?.drafts.flush());

  return {
    core,
    chats,
    ready,
    waiting,
    connection: realtime.state,
    retryConnection: realtime.retryNow,
    openId,
    goneReasons,
    removedByMe,
    dropped,
    memberTotals,
    membersTick,
    chat,
    history,
    pending,
    isSending,
    draft,
    typing,
    presence,
    tellTyping,
    open,
    loadMemberTotal,
    openDirect,
    createGroup,
    edit,
    remove,
    markRead,
    markUnread,
    attentive,
    setDraft: (chatId: string, value: Draft): void => core.value?.drafts.set(chatId, value),
    clearDraft: (chatId: string): void => core.value?.drafts.clear(chatId),
    send: (chatId: string, body: string, quote: Quote | null): void => void core.value?.send(chatId, body, quote),
    retry: (clientId: string): void => core.value?.outbox.retry(clientId),
    discard: (clientId: string): void => core.value?.outbox.discard(clientId),
    onNewMessage: (listener: (message: Message) => void): (() => void) =>
      core.value?.onNewMessage(listener) ?? (() => undefined),
  };
});
