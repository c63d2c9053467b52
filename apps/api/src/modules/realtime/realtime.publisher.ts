import type { GoneReason, ServerToClientEvents, SessionEndReason } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { closeForRestart } from './socketio-internals.js';
import { type RealtimeServer, type RealtimeSocket, rooms } from './socket-types.js';

type EventName = keyof ServerToClientEvents;
type Payload<E extends EventName> = Parameters<ServerToClientEvents[E]>[0];

interface HeldSocket {
  readonly socket: RealtimeSocket;
  /** Events for this socket in the order in which they were published. */
  readonly queue: (() => void)[];
  /** Holds that have not been released. */
  depth: number;
}

/** Events that one socket may have waiting; a client so far behind is better served by a new connection. */
const HELD_MAX = 5_000;

/**
 * The one place that sends: typed events to rooms, encoded once each however many sockets listen.
 *
 * **Holding.** Whoever is told a state ("these are your chats") and then its changes must get them in this order. A socket can
 * be held: what is published for it meanwhile waits and is delivered after what was read. So nothing falls between reading
 * and telling, and nothing older overwrites something newer.
 */
@Injectable()
export class RealtimePublisher {
  private io: RealtimeServer | null = null;
  private readonly held = new Map<string, HeldSocket>();

  /** Called once, when the server stands. Before that, and in processes without sockets, publishing does nothing. */
  attach(server: RealtimeServer): void {
    this.io = server;
  }

  /** Sends to everybody in any of the rooms, each socket once; `null`: to every socket. */
  emit<E extends EventName>(to: string | string[] | null, event: E, payload: Payload<E>): void {
    if (this.io === null) return;
    const target = to === null ? this.io.sockets : this.io.to(to);
    const waiting = this.holdBack(to, event, payload);
    const operator = waiting.length > 0 ? target.except(waiting) : target;
    // The public signature holds event and payload together; Socket.IO's own generics cannot be narrowed by a type variable.
    operator.emit(event, ...([payload] as unknown as Parameters<ServerToClientEvents[E]>));
  }

  /** Sends what is only true now and may be lost, e.g. typing; `except`: rooms that must not hear it. */
  emitVolatile<E extends EventName>(to: string, except: string, event: E, payload: Payload<E>): void {
    if (this.io === null) return;
    const operator = this.io.to(to).except([except, ...this.held.keys()]).volatile;
    operator.emit(event, ...([payload] as unknown as Parameters<ServerToClientEvents[E]>));
  }

  /** Whether anybody is in the room. */
  isAnybodyIn(room: string): boolean {
    return (this.io?.sockets.adapter.rooms.get(room)?.size ?? 0) > 0;
  }

  /** The sockets in a room of this process. */
  socketsIn(room: string): RealtimeSocket[] {
    const { io } = this;
    if (io === null) return [];
    const sockets: RealtimeSocket[] = [];
    for (const id of io.sockets.adapter.rooms.get(room) ?? []) {
      const socket = io.sockets.sockets.get(id);
      if (socket) sockets.push(socket);
    }
    return sockets;
  }

  /** Names of all rooms that have somebody in them. */
  roomNames(): Iterable<string> {
    return this.io?.sockets.adapter.rooms.keys() ?? [];
  }

  /** Connected sockets. */
  get connections(): number {
    return this.io?.sockets.sockets.size ?? 0;
  }

  /** All sockets of a user hear the chat from now on. */
  joinChat(userId: string, chatId: string): void {
    this.io?.in(rooms.user(userId)).socketsJoin(rooms.chat(chatId));
  }

  /** Tells the chat's end to these users (`everybody`: to whoever is in it) and takes them out of it. */
  endChat(userIds: readonly string[] | 'everybody', chatId: string, reason: GoneReason): void {
    if (userIds !== 'everybody' && userIds.length === 0) return;
    const audience = userIds === 'everybody' ? rooms.chat(chatId) : userIds.map((id) => rooms.user(id));
    this.emit(audience, 'chat:gone', { chatId, reason });
    this.io?.in(audience).socketsLeave([rooms.open(chatId), rooms.chat(chatId)]);
  }

  /** Tells sockets why their session is over and cuts them, at once. */
  endSessions(audience: string | string[], reason: SessionEndReason): void {
    if (this.io === null || audience.length === 0) return;
    // Past any hold: these sockets get nothing more.
    this.io.in(audience).emit('session:ended', { reason });
    this.io.in(audience).disconnectSockets(true);
  }

  /** Closes the connections in these rooms in the way that makes clients come back. */
  closeForRestart(audience: readonly string[]): void {
    for (const socket of audience.flatMap((room) => this.socketsIn(room))) closeForRestart(socket);
  }

  /** The same for all, and waits until they are closed, but no longer than `withinMs`. */
  async closeAllForRestart(withinMs: number): Promise<void> {
    const sockets = [...(this.io?.sockets.sockets.values() ?? [])];
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('disconnect', resolve)));
    for (const socket of sockets) closeForRestart(socket);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.all(closed), late]);
    clearTimeout(timer);
  }

  /**
   * Reads a state and tells it to one socket, with the socket's other events held back meanwhile.
   * @param read reads the state
   * @param tell sends it; runs before any event that was published since `read` began
   */
  async hold<T>(socket: RealtimeSocket, read: () => Promise<T>, tell: (state: T) => void): Promise<void> {
    const entry = this.held.get(socket.id) ?? { socket, queue: [], depth: 0 };
    entry.depth += 1;
    this.held.set(socket.id, entry);
    try {
      tell(await read());
    } finally {
      entry.depth -= 1;
      if (entry.depth === 0) {
        this.held.delete(socket.id);
        for (const send of entry.queue) send();
      }
    }
  }

  /** Queues the event for held sockets among the audience. @returns their ids, which the broadcast leaves out */
  private holdBack<E extends EventName>(to: string | string[] | null, event: E, payload: Payload<E>): string[] {
    if (this.held.size === 0) return [];
    const waiting: string[] = [];
    for (const { socket, queue } of this.held.values()) {
      const isMeant =
        to === null || (typeof to === 'string' ? socket.rooms.has(to) : to.some((room) => socket.rooms.has(room)));
      if (!isMeant) continue;
      waiting.push(socket.id);
      queue.push(() => socket.emit(event, ...([payload] as unknown as Parameters<ServerToClientEvents[E]>)));
      if (queue.length > HELD_MAX) closeForRestart(socket);
    }
    return waiting;
  }
}
