import { MESSAGE_COUNTER_FROM, MESSAGE_MAX } from '@besedka/contracts/limits';
import type { Chat, Message } from '@besedka/contracts/chats';
import { excerpt } from '@besedka/contracts/chat-state';
import { computed, ref, watch } from 'vue';
import { useSession } from '../../../shared/session';
import { useToasts } from '../../../shared/toasts';
import { cleanBody } from '../logic/body';
import { newestBlock } from '../logic/blocks';
import { EMPTY_DRAFT } from '../logic/drafts';
import { useChats } from '../store';

/** What is being written in one chat: text, reply, edit; kept as the chat's draft all the time. */
export function useComposer(chat: () => Chat) {
  const store = useChats();
  const session = useSession();
  const toasts = useToasts();
  const chatId = chat().id;
  const saving = ref(false);

  const draft = computed(() => store.draft(chatId));
  const text = computed({
    get: () => draft.value.body,
    set: (body) => {
      store.setDraft(chatId, { ...draft.value, body });
      if (body !== '' && !draft.value.editing) store.tellTyping(chatId);
    },
  });
  /** Characters that are left; negative when the text is too long to be sent. */
  const left = computed(() => MESSAGE_MAX - cleanBody(text.value).length);
  const showCounter = computed(() => left.value < MESSAGE_COUNTER_FROM);
  const canSend = computed(() => !saving.value && left.value >= 0 && cleanBody(text.value) !== '');

  function reply(message: Message): void {
    const body = message.body === null ? null : excerpt(message.body);
    const base = draft.value.editing ? (draft.value.editing.before ?? EMPTY_DRAFT) : draft.value;
    store.setDraft(chatId, { ...base, quote: { seq: message.seq, author: message.author, body }, editing: null });
  }
  const cancelReply = (): void => store.setDraft(chatId, { ...draft.value, quote: null });

  function edit(message: Message): void {
    if (message.body === null) return;
    const before = draft.value.editing ? draft.value.editing.before : draft.value;
    store.setDraft(chatId, { body: message.body, quote: null, editing: { seq: message.seq, before } });
  }
  const cancelEdit = (): void => store.setDraft(chatId, draft.value.editing?.before ?? EMPTY_DRAFT);

  /** The message being edited is gone: what was written stays, as a draft of a new one. */
  watch(
    () => {
      const { editing } = draft.value;
      return editing !== null && store.history(chatId)?.messages.get(editing.seq)?.body === null;
    },
    (gone) => {
      const { editing, body } = draft.value;
      if (!gone || !editing) return;
      const before = editing.before ?? EMPTY_DRAFT;
      store.setDraft(chatId, { ...before, body: [before.body, body].filter((part) => part !== '').join('\n') });
    },
  );

  /** The last own message that can still be edited, of those that are loaded. */
  function lastOwn(): Message | null {
    const history = store.history(chatId);
    const block = history && newestBlock(history);
    for (let seq = block?.to ?? 0; history && block && seq >= block.from; seq -= 1) {
      const message = history.messages.get(seq);
      if (message?.author.id === session.me?.id && message?.body != null) return message;
    }
    return null;
  }

  /** Sends or saves what is written. The text stays until it is safe. */
  async function submit(): Promise<void> {
    if (!canSend.value || !chat().canPost) return;
    const body = cleanBody(text.value);
    const { editing, quote } = draft.value;
    if (!editing) {
      store.send(chatId, body, quote);
      store.clearDraft(chatId);
      return;
    }
    saving.value = true;
    try {
      const unchanged = store.history(chatId)?.messages.get(editing.seq)?.body === body;
      if (!unchanged) await store.edit(chatId, editing.seq, body);
      if (store.draft(chatId).editing?.seq === editing.seq) store.setDraft(chatId, editing.before ?? EMPTY_DRAFT);
    } catch (error) {
      toasts.fail(error);
    } finally {
      saving.value = false;
    }
  }

  return { draft, text, left, showCounter, canSend, saving, reply, cancelReply, edit, cancelEdit, lastOwn, submit };
}

export type Composer = ReturnType<typeof useComposer>;
