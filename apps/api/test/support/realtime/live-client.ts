import { randomUUID } from 'node:crypto';
import {
  type Ack,
  applyMessageChange,
  applyReadState,
  applySync,
  type ChatsState,
  type ClientToServerEvents,
  createChatsState,
  type Message,
  type MessageChange,
  putChat,
  removeChat,
  type ServerToClientEvents,
  type Snapshot,
  type SyncResult,
} from '@besedka/contracts';
import { io, type Socket } from 'socket.io-client';
import type { Person } from './people.js';

type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** Something to be said, kept until the server has acknowledged it. */
export interface Outgoing {
  readonly chatId: string;
  readonly clientId: string;
  readonly body: string;
}

const ACK_MS = 5_000;
const RETRY_MS = 25;
/** Refusals that say nothing about the message: the same again, later. */
const PASSING = new Set(['database_unavailable', 'shutting_down', 'rate_limited', 'internal', 'unauthenticated']);

/**
 * A whole client as the contracts describe one: the chat list of `chat-state.ts`, a store of messages, an outbox that sends the
 * same client id until it is acknowledged, and reconnecting with `sync`. It lives on any bad connection; tests cut it.
 */
export class LiveClient {
  state: ChatsState | null = null;
  /** Chat id → sequence → message. */
  readonly messages = new Map<string, Map<number, Message>>();
  /** Acknowledged sends: client id → the message as acknowledged. */
  readonly acknowledged = new Map<string, Message>();
  /** How often each message was taken as new, `chatId:seq`; more than once would be shown twice. */
  readonly taken = new Map<string, number>();
  /** Faults of the protocol that no state shows. */
  readonly faults: string[] = [];
  connects = 0;
  /** Changes heard of, repetitions included. */
  heard = 0;

  private readonly outbox: Outgoing[] = [];
  /** Up to which change number a chat's messages are complete. */
  private readonly complete = new Map<string, number>();
  private readonly changed = new Set<() => void>();
  private socket: LiveSocket;
  private syncing = false;
  private sending = false;
  private hasSnapshot = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly person: Person) {
    this.socket = this.makeSocket();
  }

  start(): this {
    this.socket.connect();
    return this;
  }

  /** Moves to another address, e.g. after the server came back on another port. */
  moveTo(url: string): void {
    this.person.url = url;
    this.socket.removeAllListeners();
    this.socket.disconnect();
    this.hasSnapshot = false;
    this.socket = this.makeSocket();
    this.socket.connect();
  }

  /** Puts a message into the outbox. @returns its client id */
  say(chatId: string, body: string): string {
    const clientId = randomUUID();
    this.outbox.push({ chatId, clientId, body });
    void this.send();
    return clientId;
  }

  /** Any other event, once; null when the connection did not give an answer. */
  async tell<E extends 'message:edit' | 'message:delete' | 'chat:read'>(
    event: E,
    payload: Parameters<ClientToServerEvents[E]>[0],
  ): Promise<Ack<object> | null> {
    return this.emit(event, payload);
  }

  /** Cuts the connection the way networks do: without a word (`hard`) or in order. */
  cut(hard: boolean): void {
    const engine = this.socket.io.engine as
      { transport?: { ws?: { terminate?: () => void } }; close(): void } | undefined;
    if (hard && engine?.transport?.ws?.terminate) engine.transport.ws.terminate();
    else engine?.close();
  }

  /** Connected, perhaps without the snapshot yet. */
  get connected(): boolean {
    return this.socket.connected;
  }

  get online(): boolean {
    return this.socket.connected && this.hasSnapshot;
  }

  get waiting(): number {
    return this.outbox.length;
  }

  /** Whether nothing is under way. */
  get settled(): boolean {
    return (
      this.online &&
      !this.syncing &&
      !this.sending &&
      this.outbox.length === 0 &&
      (this.state?.behind.size ?? 1) === 0 &&
      this.unfinished().length === 0
    );
  }

  /** Resolves as soon as the condition holds; looks again after every change. @throws after `withinMs` */
  until(what: string, holds: (client: LiveClient) => boolean, withinMs = 30_000): Promise<void> {
    if (holds(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.changed.delete(look);
        reject(
          new Error(
            `${this.person.username} never got to: ${what} (online ${this.online}, waiting ${this.outbox.length}, behind ${this.state?.behind.size})`,
          ),
        );
      }, withinMs);
      const look = (): void => {
        if (!holds(this)) return;
        clearTimeout(timer);
        this.changed.delete(look);
        resolve();
      };
      this.changed.add(look);
    });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  /** The chat's messages as this client would show them. */
  shown(chatId: string): Message[] {
    return [...(this.messages.get(chatId)?.values() ?? [])].sort((a, b) => a.seq - b.seq);
  }

  private makeSocket(): LiveSocket {
    const socket: LiveSocket = io(this.person.url, {
      path: '/socket.io',
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      auth: { token: this.person.token },
    });
    socket.on('connect', () => {
      this.connects += 1;
      this.tellChange();
    });
    socket.on('disconnect', () => {
      this.hasSnapshot = false;
      this.reconnectSoon(0);
      this.tellChange();
    });
    socket.on('connect_error', () => this.reconnectSoon(RETRY_MS * 4));
    socket.on('snapshot', (snapshot) => this.takeSnapshot(snapshot));
    socket.on('message:new', ({ message, order }) => this.take({ kind: 'new', message, order }));
    socket.on('message:edited', ({ message }) => this.take({ kind: 'edited', message }));
    socket.on('message:deleted', ({ message }) => this.take({ kind: 'deleted', message }));
    socket.on('unread', (read) => {
      if (this.state && !('engine' in read)) applyReadState(this.state, read);
      this.afterChange();
    });
    socket.on('peer:read', ({ chatId, seq }) => {
      const entry = this.state?.chats.get(chatId);
      if (entry) entry.chat = { ...entry.chat, peerReadSeq: Math.max(seq, entry.chat.peerReadSeq ?? 0) };
      this.afterChange();
    });
    socket.on('chat:new', ({ chat }) => {
      if (this.state) putChat(this.state, chat);
      this.afterChange();
    });
    socket.on('chat:gone', ({ chatId }) => {
      if (this.state) removeChat(this.state, chatId);
      this.messages.delete(chatId);
      this.complete.delete(chatId);
      this.afterChange();
    });
    socket.on('chat:changed', ({ chatId, title, version }) => {
      const entry = this.state?.chats.get(chatId);
      if (entry) entry.chat = { ...entry.chat, title, version };
      this.afterChange();
    });
    return socket;
  }

  private reconnectSoon(ms: number): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    const { socket } = this;
    this.timer = setTimeout(() => {
      if (socket === this.socket && !socket.connected) socket.connect();
    }, ms);
  }

  private takeSnapshot(snapshot: Snapshot): void {
    if (this.state === null) this.state = createChatsState(snapshot.userId, snapshot.chats);
    else {
      const mine = new Set(snapshot.chats.map((chat) => chat.id));
      for (const id of [...this.state.chats.keys()]) if (!mine.has(id)) removeChat(this.state, id);
      for (const chat of snapshot.chats) {
        const known = this.state.chats.get(chat.id)?.chat.rev ?? 0;
        if (known > chat.rev) this.faults.push(`snapshot of ${chat.id} is at ${chat.rev}, known already: ${known}`);
        putChat(this.state, chat);
      }
    }
    this.hasSnapshot = true;
    this.afterChange();
  }

  private take(change: MessageChange): void {
    const { message } = change;
    this.heard += 1;
    if (this.state && applyMessageChange(this.state, change) === 'applied') {
      if (change.kind === 'new') this.countNew(message);
      this.store(message);
      if (this.complete.get(message.chatId) === message.rev - 1) this.complete.set(message.chatId, message.rev);
    }
    this.afterChange();
  }

  private countNew(message: Message): void {
    const key = `${message.chatId}:${message.seq}`;
    this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
  }

  private store(message: Message): void {
    const chat = this.messages.get(message.chatId) ?? new Map<number, Message>();
    this.messages.set(message.chatId, chat);
    const known = chat.get(message.seq);
    if (known && known.clientId !== message.clientId)
      this.faults.push(`two messages at ${message.chatId}:${message.seq}`);
    if (!known || known.rev <= message.rev) chat.set(message.seq, message);
  }

  /** Chats whose messages are not known up to the list's change number. */
  private unfinished(): string[] {
    const ids: string[] = [];
    for (const [id, { chat }] of this.state?.chats ?? []) if ((this.complete.get(id) ?? 0) < chat.rev) ids.push(id);
    return ids;
  }

  private afterChange(): void {
    void this.sync();
    void this.send();
    this.tellChange();
  }

  private tellChange(): void {
    for (const look of [...this.changed]) look();
  }

  private async sync(): Promise<void> {
    if (this.syncing || !this.online || !this.state) return;
    const ids = [...new Set([...this.state.behind, ...this.unfinished()])].slice(0, 50);
    if (ids.length === 0) return;
    this.syncing = true;
    const chats = Object.fromEntries(ids.map((id) => [id, this.complete.get(id) ?? 0]));
    const answer = await this.emit('sync', { chats });
    if (answer?.ok)
      for (const result of (answer as unknown as { results: SyncResult[] }).results) await this.takeSync(result);
    this.syncing = false;
    if (answer && !answer.ok) setTimeout(() => this.afterChange(), RETRY_MS);
    else if (answer) this.afterChange();
  }

  private async takeSync(result: SyncResult): Promise<void> {
    if (!this.state) return;
    const { chatId } = result;
    if (result.kind === 'reload') {
      // As in the web app: what was loaded is forgotten and fetched anew, which answers at least the chat's change number.
      const history = await this.person.history(chatId).catch(() => null);
      if (history === null) return;
      this.messages.delete(chatId);
      for (const message of history) this.store(message);
    } else if (result.kind === 'tail') {
      for (const message of result.messages) this.store(message);
    }
    applySync(this.state, result);
    if (result.kind !== 'gone') this.complete.set(chatId, Math.max(result.chat.rev, this.complete.get(chatId) ?? 0));
  }

  private async send(): Promise<void> {
    if (this.sending || !this.online) return;
    const next = this.outbox[0];
    if (next === undefined) return;
    this.sending = true;
    const answer = await this.emit('message:send', next);
    this.sending = false;
    if (answer?.ok) {
      const { message } = answer as unknown as { message: Message };
      if (message.clientId !== next.clientId) this.faults.push(`another message was acknowledged for ${next.clientId}`);
      this.acknowledged.set(next.clientId, message);
      this.outbox.shift();
    } else if (answer && !PASSING.has(answer.error.code)) {
      this.faults.push(`${next.clientId} was refused: ${answer.error.code}`);
      this.outbox.shift();
    } else if (answer) {
      setTimeout(() => this.afterChange(), RETRY_MS);
      return;
    }
    this.afterChange();
  }

  private async emit(event: keyof ClientToServerEvents, payload: object): Promise<Ack<object> | null> {
    const { socket } = this;
    if (!socket.connected) return null;
    try {
      return (await (socket as unknown as Socket).timeout(ACK_MS).emitWithAck(event, payload)) as Ack<object>;
    } catch {
      // Silence: cut in the middle, or the server died. Whether it was done is not known; that is what client ids are for.
      return null;
    }
  }
}
