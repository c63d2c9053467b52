/**
 * The Socket.IO protocol (namespace `/`, path `/socket.io`, websocket transport), typed in both directions. Free of zod: the
 * schemas that the server parses with stand in `realtime-schemas.ts`.
 *
 * Signing in: the access cookie of the browser, or `auth: { token }` with a bearer access token. A refused handshake answers
 * `connect_error` whose `data.code` is an error code (`unauthenticated`, `rate_limited`, `shutting_down`).
 *
 * Facts about a chat carry its change number `rev`, dense per chat: a client that sees a step missing asks `sync` for that chat
 * (`chat-state.ts` is the client side of this rule).
 */
import type { Chat, Message, ReadState } from './chats.js';
import type { ErrorCode, FieldError } from './errors.js';
import type { RocketChatRoom, RocketChatRooms, RocketChatUnread } from './rocketchat.js';
import type { UserSummary } from './users.js';

/** Refusal in an acknowledgement. */
export interface SocketError {
  code: ErrorCode;
  fields?: FieldError[];
  /** Seconds. */
  retryAfter?: number;
}
/** Every client event is acknowledged with success or a coded refusal. */
export type Ack<T = Record<never, never>> = ({ ok: true } & T) | { ok: false; error: SocketError };

export type PresenceState = 'online' | 'away' | 'offline';
export interface Presence {
  userId: string;
  state: PresenceState;
  /** ISO 8601; null while online or never seen. */
  lastSeenAt: string | null;
}

/** How one chat stands, answered to `sync`. */
export type SyncResult =
  /** `messages` are all that changed after the given `rev`, by `rev`; `chat` is true as of `chat.rev`. */
  | { chatId: string; kind: 'tail'; chat: Chat; messages: Message[] }
  /** Too far behind: forget the loaded messages and fetch anew. */
  | { chatId: string; kind: 'reload'; chat: Chat }
  /** No longer mine, or never was. */
  | { chatId: string; kind: 'gone' };

/** Snapshot of everything that is mine, sent after every (re)connect. */
export interface Snapshot {
  userId: string;
  sessionId: string;
  /** Server's version and commit: a client built from another one offers a reload (F22). */
  commit: string;
  chats: Chat[];
}

export type GoneReason = 'left' | 'removed' | 'deleted' | 'access_lost' | 'hidden';
export type SessionEndReason =
  'signed_out' | 'revoked' | 'expired' | 'disabled' | 'password_changed' | 'replayed' | 'server_restart';

export interface ClientToServerEvents {
  /** I look at this chat now (null: at none). Starts `typing` delivery for it; refused when it is not mine. */
  'chat:open': (payload: { chatId: string | null }, ack: (a: Ack) => void) => void;
  /** Idempotent by `clientId`; the acknowledgement means committed. */
  'message:send': (
    payload: {
      chatId: string;
      clientId: string;
      body: string;
      replyTo?: number | null;
    },
    ack: (a: Ack<{ message: Message }>) => void,
  ) => void;
  'message:edit': (
    payload: { chatId: string; seq: number; body: string },
    ack: (a: Ack<{ message: Message }>) => void,
  ) => void;
  'message:delete': (payload: { chatId: string; seq: number }, ack: (a: Ack<{ message: Message }>) => void) => void;
  'chat:read': (payload: { chatId: string; seq: number }, ack: (a: Ack<{ state: ReadState }>) => void) => void;
  typing: (payload: { chatId: string }, ack: (a: Ack) => void) => void;
  /** Own activity and the people whose presence this socket wants to hear of (replaces the former list). */
  presence: (payload: { active?: boolean; watch?: string[] }, ack: (a: Ack<{ presences: Presence[] }>) => void) => void;
  /** Chat id → last `rev` known here. */
  sync: (payload: { chats: Record<string, number> }, ack: (a: Ack<{ results: SyncResult[] }>) => void) => void;
}

export interface ServerToClientEvents {
  snapshot: (payload: Snapshot) => void;
  /** `order` is the chat's place for everybody but the author. */
  'message:new': (payload: { message: Message; order: number }) => void;
  'message:edited': (payload: { message: Message }) => void;
  'message:deleted': (payload: { message: Message }) => void;
  'chat:new': (payload: { chat: Chat }) => void;
  /** Title or owner changed. Only what is the same for everybody. */
  'chat:changed': (payload: { chatId: string; title: string | null; version: number; ownerId: string | null }) => void;
  'chat:members': (payload: { chatId: string; added: UserSummary[]; removed: string[] }) => void;
  'chat:gone': (payload: { chatId: string; reason: GoneReason }) => void;
  /** My numbers, to all my devices; `engine` is there when the chat is a room of Rocket.Chat. */
  unread: (payload: ReadState | RocketChatUnread) => void;
  /** Rocket.Chat carries the chats: all of my rooms, after every (re)connect and whenever the source of numbers changes. */
  'rocketchat:rooms': (payload: RocketChatRooms) => void;
  /** A room is new to me, or its name or place changed. */
  'rocketchat:room': (payload: { room: RocketChatRoom }) => void;
  /** I am no longer in this room. */
  'rocketchat:room-gone': (payload: { roomId: string }) => void;
  /** Direct chats: the other one has read up to `seq`. */
  'peer:read': (payload: { chatId: string; seq: number }) => void;
  typing: (payload: { chatId: string; user: UserSummary }) => void;
  presence: (payload: Presence) => void;
  /** Somebody's name or picture changed. */
  'user:changed': (payload: { user: UserSummary }) => void;
  /** My roles, permissions or profile changed: fetch `GET /users/me`. */
  'me:changed': (payload: Record<never, never>) => void;
  'session:ended': (payload: { reason: SessionEndReason }) => void;
}
