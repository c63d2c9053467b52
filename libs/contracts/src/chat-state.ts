/**
 * The client side of the realtime protocol, as pure functions: how a list of chats follows the server's events. The web app runs
 * on it, and the API's convergence tests hold it against fresh snapshots. Free of zod and of Vue.
 *
 * One rule carries everything: a chat's changes are numbered densely (`rev`). The next number is applied, an older one is a
 * repetition and is dropped, a later one means something is missing: the chat is marked `behind` and the caller asks `sync`.
 */
import type { Chat, Message, MessagePreview, ReadState } from './chats.js';
import type { SyncResult } from './realtime.js';
import { EXCERPT_MAX } from './limits.js';

/** What one change did to the number of unread messages, kept for read states that arrive late. */
interface Change {
  rev: number;
  seq: number;
  foreign: boolean;
  kind: 'new' | 'edited' | 'deleted';
}

export interface ChatEntry {
  chat: Chat;
  /** The last changes, oldest first; bounded. */
  recent: Change[];
  /** A read state from the future of this entry; applied when the entry gets there. */
  pending: ReadState | null;
}

export interface ChatsState {
  userId: string;
  chats: Map<string, ChatEntry>;
  /** Ids of chats that miss changes: ask `sync` for them. */
  behind: Set<string>;
}

export type MessageChange =
  | { kind: 'new'; message: Message; order: number }
  | { kind: 'edited'; message: Message }
  | { kind: 'deleted'; message: Message };

const RECENT_MAX = 128;

/** Cuts a body to the one line shown in lists and quotes. The server cuts the same way. */
export function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  // A character takes at most two units: one more than needed tells whether anything was left out.
  const chars = Array.from(line.slice(0, (EXCERPT_MAX + 1) * 2));
  return chars.length > EXCERPT_MAX ? chars.slice(0, EXCERPT_MAX - 1).join('') + '…' : line;
}

export function previewOf(message: Message): MessagePreview {
  return {
    seq: message.seq,
    author: { id: message.author.id, fullName: message.author.fullName },
    body: message.body === null ? null : excerpt(message.body),
    createdAt: message.createdAt,
  };
}

export function createChatsState(userId: string, chats: readonly Chat[]): ChatsState {
  return {
    userId,
    chats: new Map(chats.map((chat) => [chat.id, entryOf(chat)])),
    behind: new Set(),
  };
}

function entryOf(chat: Chat): ChatEntry {
  return { chat, recent: [], pending: null };
}

/**
 * Applies one message event. Answers `applied`, `repeated` (known already), `gap` (something before it is missing; the chat is
 * now in `behind`) or `unknown` (not my chat).
 */
export function applyMessageChange(
  state: ChatsState,
  change: MessageChange,
): 'applied' | 'repeated' | 'gap' | 'unknown' {
  const { message } = change;
  const entry = state.chats.get(message.chatId);
  if (!entry) return 'unknown';
  const chat = entry.chat;
  if (message.rev <= chat.rev) return 'repeated';
  if (message.rev > chat.rev + 1) {
    state.behind.add(chat.id);
    return 'gap';
  }
  const foreign = message.author.id !== state.userId;
  const next: Chat = { ...chat, rev: message.rev };
  if (change.kind === 'new') {
    next.lastSeq = message.seq;
    next.lastMessage = previewOf(message);
    if (foreign) {
      next.unread = chat.unread + 1;
      next.order = Math.max(chat.order, change.order);
      // Posting in a chat reads it: the other one's pointer moves with their message.
      if (chat.peer?.id === message.author.id) next.peerReadSeq = message.seq;
    } else {
      // Posting in a chat reads it.
      next.readSeq = message.seq;
      next.unread = 0;
    }
  } else {
    if (chat.lastMessage?.seq === message.seq) next.lastMessage = previewOf(message);
    if (change.kind === 'deleted' && foreign && message.seq > chat.readSeq) next.unread = Math.max(0, chat.unread - 1);
  }
  entry.chat = next;
  entry.recent.push({
    rev: message.rev,
    seq: message.seq,
    foreign,
    kind: change.kind,
  });
  if (entry.recent.length > RECENT_MAX) entry.recent.shift();
  if (entry.pending && entry.pending.rev <= next.rev) {
    const pending = entry.pending;
    entry.pending = null;
    applyReadState(state, pending);
  }
  return 'applied';
}

/**
 * Applies my numbers as the server saw them at `rev`. Changes that this client has already applied since are counted on top; a
 * read state from the future waits for its changes.
 */
export function applyReadState(state: ChatsState, read: ReadState): void {
  const entry = state.chats.get(read.chatId);
  if (!entry) return;
  const chat = entry.chat;
  if (read.rev > chat.rev) {
    entry.pending = read;
    return;
  }
  let { readSeq, unread, order } = read;
  const oldest = entry.recent[0];
  if (read.rev < chat.rev && (!oldest || oldest.rev > read.rev + 1)) {
    state.behind.add(chat.id);
    return;
  }
  for (const change of entry.recent) {
    if (change.rev <= read.rev) continue;
    if (change.kind === 'new') {
      if (change.foreign) unread += 1;
      else {
        readSeq = change.seq;
        unread = 0;
      }
    } else if (change.kind === 'deleted' && change.foreign && change.seq > readSeq) unread = Math.max(0, unread - 1);
  }
  order = Math.max(order, chat.order);
  entry.chat = { ...chat, readSeq, unread, order };
}

/** Takes a chat as the server tells it now (snapshot, `chat:new`, `sync`). An older telling than what is known is dropped. */
export function putChat(state: ChatsState, chat: Chat): void {
  const entry = state.chats.get(chat.id);
  if (entry && entry.chat.rev > chat.rev) return;
  state.chats.set(chat.id, entryOf(chat));
  state.behind.delete(chat.id);
}

export function removeChat(state: ChatsState, chatId: string): void {
  state.chats.delete(chatId);
  state.behind.delete(chatId);
}

/** Applies what `sync` answered; the caller merges `messages` into what it has loaded. */
export function applySync(state: ChatsState, result: SyncResult): void {
  if (result.kind === 'gone') removeChat(state, result.chatId);
  else {
    putChat(state, result.chat);
    state.behind.delete(result.chatId);
  }
}

/** The order of the list: channels by their own order first is a matter of display; here it is `order`, larger first. */
export function compareChats(a: Chat, b: Chat): number {
  return b.order - a.order || (a.id < b.id ? -1 : 1);
}

/** Total for the page title and the rail. */
export function totalUnread(state: ChatsState): number {
  let total = 0;
  for (const { chat } of state.chats.values()) total += chat.unread;
  return total;
}
