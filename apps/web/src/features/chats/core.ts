import type { Chat, Message, MessageHistory, Quote, ReadState } from '@besedka/contracts/chats';
import {
  applyMessageChange,
  applyReadState,
  createChatsState,
  putChat,
  removeChat,
  type ChatsState,
  type MessageChange,
} from '@besedka/contracts/chat-state';
import type { Snapshot } from '@besedka/contracts/realtime';
import type { RealtimeClient } from '../../shared/realtime/socket';
import type { HistoryPosition } from './api';
import { addMessage, addPage, createHistory, type History } from './logic/blocks';
import { Drafts } from './logic/drafts';
import type { KeyStorage } from './logic/keyStorage';
import { Outbox, type OutboxEntry } from './logic/outbox';
import { ReadPointers } from './logic/reading';
import { explainSendFailure } from './logic/sendFailure';
import { TypingBoard } from './logic/typing';
import { PresenceBoard } from './presence';
import { Reconciler } from './reconcile';

export interface CoreOptions {
  userId: string;
  realtime: Pick<RealtimeClient, 'emitAck'>;
  history: (chatId: string, position: HistoryPosition) => Promise<MessageHistory>;
  storage: KeyStorage;
  backoff: (attempt: number) => number;
  newId: () => string;
  attentive: () => boolean;
  /** Something that is drawn has changed. */
  changed: (what: 'chats' | 'history' | 'outbox' | 'drafts' | 'typing' | 'presence') => void;
}

/**
 * Everything one signed-in person's chats are, free of Vue: the store draws it, tests drive it. Chats follow `chat-state`, loaded
 * messages follow `blocks`; both are brought up to date by `reconcile` whenever a change number is missing.
 */
export class ChatsCore {
  readonly state: ChatsState;
  readonly histories = new Map<string, History>();
  readonly outbox: Outbox;
  readonly drafts: Drafts;
  readonly typing: TypingBoard;
  readonly reading: ReadPointers;
  readonly presence: PresenceBoard;
  readonly reconciler: Reconciler;
  /** True once the first snapshot has come. */
  ready = false;
  /** Highest change number heard of per chat, also of changes that could not be applied yet. */
  private readonly heard = new Map<string, number>();
  /** Chats told since the connection stands: a snapshot made just before cannot know them. */
  private readonly toldSinceConnect = new Set<string>();
  private readonly loads = new Map<string, Promise<void>>();
  private readonly listeners = new Set<(message: Message) => void>();

  constructor(readonly options: CoreOptions) {
    const { userId, realtime, storage, changed } = options;
    this.state = createChatsState(userId, []);
    this.outbox = new Outbox({
      userId,
      storage,
      send: (entry) => this.sendNow(entry),
      explain: explainSendFailure,
      backoff: options.backoff,
      changed: () => changed('outbox'),
      newId: options.newId,
    });
    this.drafts = new Drafts(userId, storage, () => changed('drafts'));
    this.typing = new TypingBoard(() => changed('typing'));
    this.presence = new PresenceBoard(realtime, () => changed('presence'));
    this.reconciler = new Reconciler(this);
    this.reading = new ReadPointers({
      attentive: options.attentive,
      readSeq: (chatId) => this.chat(chatId)?.readSeq ?? null,
      send: async (chatId, seq) => this.readState((await realtime.emitAck('chat:read', { chatId, seq })).state),
    });
  }

  get userId(): string {
    return this.options.userId;
  }

  chat(chatId: string): Chat | undefined {
    return this.state.chats.get(chatId)?.chat;
  }

  /** Told of every message by others that is new here. */
  onNewMessage(listener: (message: Message) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connected(): void {
    this.toldSinceConnect.clear();
  }

  disconnected(): void {
    this.outbox.stop();
    this.presence.forget();
  }

  snapshot(snapshot: Snapshot): void {
    const mine = new Set(snapshot.chats.map((chat) => chat.id));
    for (const id of [...this.state.chats.keys()]) {
      if (!mine.has(id) && !this.toldSinceConnect.has(id)) this.forget(id);
    }
    for (const chat of snapshot.chats) this.put(chat);
    this.ready = true;
    this.options.changed('chats');
    this.outbox.start();
    this.reading.flush();
    this.presence.tell();
    this.reconciler.ask();
  }

  /** Takes a chat as the server tells it. What has been applied on top of it meanwhile stays. */
  put(chat: Chat): void {
    const known = this.chat(chat.id);
    if (known && known.rev > chat.rev) {
      const { id: chatId, rev, readSeq, unread, order } = chat;
      applyReadState(this.state, { chatId, rev, readSeq, unread, order });
    } else putChat(this.state, chat);
    this.checkHeard(chat.id);
    this.options.changed('chats');
  }

  told(chat: Chat): void {
    this.toldSinceConnect.add(chat.id);
    this.put(chat);
  }

  /** The chat is no longer mine: nothing of it stays but my own draft. */
  forget(chatId: string): void {
    removeChat(this.state, chatId);
    this.histories.delete(chatId);
    this.heard.delete(chatId);
    this.toldSinceConnect.delete(chatId);
    this.options.changed('chats');
    this.options.changed('history');
  }

  change(change: MessageChange): void {
    const { message } = change;
    this.hear(message.chatId, message.rev);
    const result = applyMessageChange(this.state, change);
    if (result === 'unknown') return;
    this.merge(message);
    if (change.kind === 'new') this.typing.stopped(message.chatId, message.author.id);
    if (result === 'applied') {
      this.options.changed('chats');
      if (change.kind === 'new' && message.author.id !== this.userId)
        for (const listener of this.listeners) listener(message);
    } else if (result === 'gap') this.reconciler.ask();
  }

  /** An own message, told by acknowledgement: usually before or just after its event. */
  acknowledged(message: Message): void {
    const chat = this.chat(message.chatId);
    if (!chat) return;
    const untouched = !message.editedAt && !message.deletedAt;
    if (untouched && message.rev === chat.rev + 1 && message.seq === chat.lastSeq + 1) {
      return this.change({ kind: 'new', message, order: 0 });
    }
    this.hear(message.chatId, message.rev);
    this.merge(message);
    this.checkHeard(message.chatId);
    this.reconciler.ask();
  }

  readState(read: ReadState): void {
    this.hear(read.chatId, read.rev);
    applyReadState(this.state, read);
    this.options.changed('chats');
    if (this.state.behind.has(read.chatId)) this.reconciler.ask();
    else if (read.rev > (this.chat(read.chatId)?.rev ?? read.rev)) this.reconciler.askSoon();
  }

  /** Replaces facts of a chat that carry no change number (title, owner, peer). */
  patch(chatId: string, facts: Partial<Chat>): void {
    const entry = this.state.chats.get(chatId);
    if (!entry) return;
    entry.chat = { ...entry.chat, ...facts };
    this.options.changed('chats');
  }

  /** Loads a page of history; the same page asked twice at once is one request. */
  load(chatId: string, position: HistoryPosition): Promise<void> {
    const key = chatId + JSON.stringify(position);
    const under = this.loads.get(key);
    if (under) return under;
    const history = this.history(chatId);
    const load = this.options
      .history(chatId, position)
      .then((page) => {
        // Gone, or told to reload, while the page was under way.
        if (this.histories.get(chatId) !== history) return;
        addPage(history, page);
        for (const message of page.items) this.confirmOwn(message);
        this.hear(chatId, page.rev);
        this.options.changed('history');
        this.reconciler.ask();
        if ((this.chat(chatId)?.rev ?? 0) < page.rev) this.reconciler.askSoon();
      })
      .finally(() => this.loads.delete(key));
    this.loads.set(key, load);
    return load;
  }

  history(chatId: string): History {
    let history = this.histories.get(chatId);
    if (!history) {
      history = createHistory();
      this.histories.set(chatId, history);
    }
    return history;
  }

  merge(message: Message): void {
    const history = this.histories.get(message.chatId);
    if (history) {
      addMessage(history, message);
      this.options.changed('history');
    }
    this.confirmOwn(message);
  }

  confirmOwn(message: Message): void {
    if (message.author.id === this.userId) this.outbox.confirm(message.clientId);
  }

  /** Marks the chat as behind when more has been heard of than applied. */
  checkHeard(chatId: string): void {
    const chat = this.chat(chatId);
    if (chat && chat.rev < (this.heard.get(chatId) ?? 0)) this.state.behind.add(chatId);
  }

  send(chatId: string, body: string, quote: Quote | null): OutboxEntry {
    return this.outbox.add({ chatId, body, quote, replyTo: quote?.seq ?? null });
  }

  /** Frees timers; the person has signed out. */
  stop(): void {
    this.outbox.stop();
    this.drafts.flush();
    this.typing.clear();
    this.reconciler.stop();
    this.presence.stop();
  }

  private hear(chatId: string, rev: number): void {
    this.heard.set(chatId, Math.max(rev, this.heard.get(chatId) ?? 0));
  }

  private async sendNow(entry: OutboxEntry): Promise<void> {
    const { chatId, clientId, body, replyTo } = entry;
    const { message } = await this.options.realtime.emitAck('message:send', { chatId, clientId, body, replyTo });
    this.acknowledged(message);
  }
}
