import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { ChatListQuery } from './chat-list.query.js';
import { ChatsRepository } from './chats.repository.js';

/** Tells who came into a chat and who left. Call it in the chat's order (`MessageSender.inOrder`), after the commit. */
@Injectable()
export class ChatAnnouncer {
  constructor(
    private readonly chats: ChatListQuery,
    private readonly repository: ChatsRepository,
    private readonly events: DomainEvents,
  ) {}

  /** The chat is now in these people's lists. Read here and not in the transaction, so that no message falls in between. */
  async appeared(ctx: RequestContext, chatId: string, userIds: readonly string[]): Promise<void> {
    for (const one of await this.chats.forMembers(chatId, userIds)) this.events.publish('chats.appeared', one, ctx);
  }

  /** The members of a group or channel changed. */
  async members(
    ctx: RequestContext,
    chatId: string,
    added: readonly string[],
    removed: readonly string[],
  ): Promise<void> {
    if (added.length === 0 && removed.length === 0) return;
    const people = await this.repository.people(added);
    this.events.publish('chats.members', { chatId, added: people, removed: [...removed] }, ctx);
  }
}
