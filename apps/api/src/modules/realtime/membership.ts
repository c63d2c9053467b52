import { Injectable } from '@nestjs/common';
import { ChatsService } from '../chats/chats.service.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { idsIn, type RealtimeSocket, rooms } from './socket-types.js';

/** Keeps sockets in the rooms of exactly the chats that are their person's. */
@Injectable()
export class Membership {
  constructor(
    private readonly chats: ChatsService,
    private readonly publisher: RealtimePublisher,
  ) {}

  /** Puts a new socket into the rooms of its chats. `leaveEnded` must follow. */
  async enter(socket: RealtimeSocket, userId: string): Promise<void> {
    const ids = await this.chats.chatIdsOf(userId);
    await socket.join(ids.map(rooms.chat));
  }

  /** A chat that ended between the reading and the joining of `enter` was told before the socket could hear it: looks again. */
  async leaveEnded(socket: RealtimeSocket, userId: string): Promise<void> {
    // Noted before the query: a chat that is joined while it runs is none of its business.
    const joined = idsIn(socket.rooms, 'chat');
    const mine = new Set(await this.chats.chatIdsOf(userId));
    for (const id of joined) if (!mine.has(id)) await socket.leave(rooms.chat(id));
  }

  /** After a change of rights: whatever these people's sockets are still in and should not be is told and left. */
  async reconcile(userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) {
      const joined = new Set(
        this.publisher.socketsIn(rooms.user(userId)).flatMap((socket) => idsIn(socket.rooms, 'chat')),
      );
      const mine = new Set(await this.chats.chatIdsOf(userId));
      for (const id of joined) if (!mine.has(id)) this.publisher.endChat([userId], id, 'access_lost');
    }
  }
}
