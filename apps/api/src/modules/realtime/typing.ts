import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { RateLimiter } from '../../common/rate-limit/rate-limiter.js';
import { UsersService } from '../users/users.service.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { idsIn, type RealtimeSocket, rooms } from './socket-types.js';

/** Clients tell at most every `TYPING_REPEAT_S` (3 s); this leaves room for switching chats and several devices. */
const RULE = { name: 'typing', limit: 60, windowSeconds: 60 };

/** "Is typing", for those who look at the chat. Nothing of it is kept, and it may be lost. */
@Injectable()
export class TypingService {
  constructor(
    private readonly publisher: RealtimePublisher,
    private readonly limiter: RateLimiter,
    private readonly users: UsersService,
  ) {}

  /**
   * The socket looks at this chat and no other (`null`: at none).
   * @throws AppError `chat_not_found` when it is not one of the person's chats
   */
  open(socket: RealtimeSocket, chatId: string | null): void {
    for (const id of idsIn(socket.rooms, 'open')) if (id !== chatId) void socket.leave(rooms.open(id));
    if (chatId === null) return;
    assertMine(socket, chatId);
    void socket.join(rooms.open(chatId));
  }

  /** @throws AppError `chat_not_found`, `rate_limited` */
  async typing(socket: RealtimeSocket, chatId: string): Promise<void> {
    assertMine(socket, chatId);
    const { session } = socket.data;
    const { userId } = session.principal;
    this.limiter.consume(RULE, `user:${userId}`);
    session.summary ??= (await this.users.summaries([userId])).get(userId) ?? null;
    if (session.summary === null) return;
    this.publisher.emitVolatile(rooms.open(chatId), rooms.user(userId), 'typing', { chatId, user: session.summary });
  }
}

/** A socket is in the room of each chat of its person, and leaves it in the moment in which the right ends. */
function assertMine(socket: RealtimeSocket, chatId: string): void {
  if (!socket.rooms.has(rooms.chat(chatId))) throw new AppError('chat_not_found');
}
