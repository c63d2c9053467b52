import type { ReadState } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { Database } from '../../database/database.js';
import { ChatListQuery } from './chat-list.query.js';
import { chatNotFound, refusalOf } from './chats.errors.js';
import { KeyedQueue } from './keyed-queue.js';
import { MessageSender } from './message-sender.js';
import { position } from './messages.repository.js';

interface ReadNumbers {
  state: ReadState;
  /** Direct chats: the other one. */
  peerId: string | null;
}

/** Read pointers. */
@Injectable()
export class ReadingService {
  /** One member's changes of one pointer are told in the order in which they happened. */
  private readonly queue = new KeyedQueue();

  constructor(
    private readonly database: Database,
    private readonly chats: ChatListQuery,
    private readonly sender: MessageSender,
    private readonly events: DomainEvents,
  ) {}

  /**
   * Everything up to `seq` is read. The pointer never goes back and never beyond the last message.
   * @throws AppError `chat_not_found`
   */
  read(ctx: RequestContext, chatId: string, seq: number): Promise<ReadState> {
    return this.move(ctx, chatId, 'SELECT chat_read($1, $2, $3) AS outcome', position(seq));
  }

  /** The message `fromSeq` and all after it are unread again. @throws AppError `chat_not_found` */
  markUnread(ctx: RequestContext, chatId: string, fromSeq: number): Promise<ReadState> {
    return this.move(ctx, chatId, 'SELECT chat_unread($1, $2, $3) AS outcome', position(fromSeq));
  }

  private move(ctx: RequestContext, chat: string, statement: string, place: number): Promise<ReadState> {
    const { userId } = principalOf(ctx);
    const chatId = chat.toLowerCase();
    return this.queue.run(`${userId}:${chatId}`, async () => {
      const [row] = await this.database.query<{ outcome: string }>(statement, [chatId, userId, place]);
      const outcome = row?.outcome ?? 'chat_not_found';
      if (outcome !== 'done' && outcome !== 'unchanged') throw refusalOf(outcome);
      const found = await this.numbers(userId, chatId);
      if (outcome === 'unchanged') return found.state;
      if (found.peerId === null) return this.tell(ctx, userId, found);
      // The other one of a direct chat hears of the pointer, which my own messages move as well: both are told in one order.
      return this.sender.inOrder(chatId, async () => this.tell(ctx, userId, await this.numbers(userId, chatId)));
    });
  }

  private async numbers(userId: string, chatId: string): Promise<ReadNumbers> {
    const found = await this.chats.readState(userId, chatId);
    if (found === null) throw chatNotFound();
    return found;
  }

  private tell(ctx: RequestContext, userId: string, found: ReadNumbers): ReadState {
    this.events.publish('chats.read', { userId, ...found }, ctx);
    return found.state;
  }
}
