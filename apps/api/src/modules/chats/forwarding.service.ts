import type { ForwardMessages, Message } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { invalidField } from '../../common/errors/app-error.js';
import { nameId } from '../../common/ids.js';
import { RateLimiter } from '../../common/rate-limit/rate-limiter.js';
import { AppConfig } from '../../config/app-config.js';
import { ChatListQuery } from './chat-list.query.js';
import { chatNotFound, messageDeleted, messageNotFound, userUnavailable } from './chats.errors.js';
import { ChatsRepository } from './chats.repository.js';
import { MessageSender, type Outgoing } from './message-sender.js';
import { MessagesRepository } from './messages.repository.js';

/** Copies of messages in other chats. */
@Injectable()
export class ForwardingService {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly chats: ChatListQuery,
    private readonly repository: ChatsRepository,
    private readonly sender: MessageSender,
    private readonly limiter: RateLimiter,
    private readonly config: AppConfig,
  ) {}

  /**
   * Copies messages to other chats, in their order and under the name of their first author. `clientId` names the whole act, so
   * repeating it, also after half of it was done, makes every copy once. Whatever can be known before is checked for all
   * copies before the first is sent. Every copy counts as a message sent, also when the act is repeated.
   * @returns the copies, by target and order
   * @throws AppError `rate_limited`, `validation_failed` (more copies than anybody may send in a minute), `chat_not_found` (source or a target), `message_not_found`, `message_deleted`, `user_unavailable`
   */
  async forward(ctx: RequestContext, input: ForwardMessages & { chatId: string }): Promise<Message[]> {
    const { userId } = principalOf(ctx);
    const seqs = [...new Set(input.seqs)].sort((a, b) => a - b);
    const targets = [...new Set(input.chatIds.map((id) => id.toLowerCase()))];
    this.count(userId, seqs.length * targets.length);
    const copies = targets.flatMap((target) =>
      seqs.map((seq) => ({ target, seq, clientId: nameId(input.clientId, `${input.chatId}:${seq}:${target}`) })),
    );

    const made = await this.messages.byClientIds(
      userId,
      copies.map(({ clientId }) => clientId),
    );
    if (copies.every(({ clientId }) => made.has(clientId))) {
      const mine = await this.repository.memberOf(userId, targets);
      if (mine.size < targets.length) throw chatNotFound();
      return copies.map(({ clientId }) => made.get(clientId)!);
    }

    const sources = await this.sources(userId, input.chatId, seqs);
    await this.checkTargets(userId, targets);
    const outgoing = copies.map(({ target, seq, clientId }): Outgoing => {
      const source = sources.get(seq)!;
      return {
        chatId: target,
        clientId,
        body: source.body ?? '',
        replyTo: null,
        forwardAuthor: (source.forwardedFrom ?? source.author).id,
      };
    });
    // Handed over in one turn: copies for one chat keep their order, and chats do not wait for each other.
    return Promise.all(outgoing.map((copy) => this.sender.send(ctx, copy)));
  }

  /** Before anything is read: what an act may cost is bounded by what its author may send. */
  private count(userId: string, copies: number): void {
    const limit = this.config.limits.sendPerMinute;
    // Waiting would not help: that many are never allowed at once.
    if (limit > 0 && copies > limit) throw invalidField('chatIds', 'too_many', `At most ${limit} copies at once`);
    this.limiter.consume({ name: 'send', limit, windowSeconds: 60 }, `user:${userId}`, copies);
  }

  private async sources(userId: string, chatId: string, seqs: readonly number[]): Promise<Map<number, Message>> {
    const found = await this.messages.findMany(userId, chatId, seqs);
    if (found.length < seqs.length) {
      throw (await this.chats.one(userId, chatId)) === null ? chatNotFound() : messageNotFound();
    }
    if (found.some((message) => message.body === null)) throw messageDeleted();
    return new Map(found.map((message) => [message.seq, message]));
  }

  private async checkTargets(userId: string, targets: readonly string[]): Promise<void> {
    const chats = await this.chats.some(userId, targets);
    if (chats.size < targets.length) throw chatNotFound();
    const unreachable = [...chats.values()].flatMap((chat) =>
      chat.canPost || chat.peer === null ? [] : [chat.peer.id],
    );
    if (unreachable.length > 0) throw userUnavailable(unreachable);
  }
}
