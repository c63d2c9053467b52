import { type ChatMember, GROUP_MEMBERS_MAX, type MemberPage } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { type UnitOfWorkTx, UnitOfWork } from '../../database/unit-of-work.js';
import { ChatAnnouncer } from './chat-announcer.js';
import { chatFull, chatKindMismatch, chatNotFound, notChatOwner, userUnavailable } from './chats.errors.js';
import { ChatsRepository, type LockedChat } from './chats.repository.js';
import { MembersQuery } from './members.query.js';
import { MessageSender } from './message-sender.js';

/** Who is in a group. The owner adds, removes and hands over; everybody may leave. Channels follow roles instead. */
@Injectable()
export class MembersService {
  constructor(
    private readonly query: MembersQuery,
    private readonly repository: ChatsRepository,
    private readonly sender: MessageSender,
    private readonly announcer: ChatAnnouncer,
    private readonly work: UnitOfWork,
  ) {}

  /** A page of a chat's members by name, and how many there are. @throws AppError `chat_not_found`, `bad_cursor` */
  members(
    ctx: RequestContext,
    chatId: string,
    query: { q?: string; cursor?: string; limit: number },
  ): Promise<MemberPage> {
    return this.query.page(principalOf(ctx).userId, chatId, query);
  }

  /**
   * Adds people; those who are members already stay as they are.
   * @throws AppError `chat_not_found`, `chat_kind_mismatch`, `not_chat_owner`, `user_unavailable` (nobody is added), `chat_full`
   */
  add(ctx: RequestContext, chatId: string, userIds: readonly string[]): Promise<ChatMember[]> {
    const wanted = [...new Set(userIds.map((id) => id.toLowerCase()))];
    return this.inGroup(ctx, chatId, async (chat, tx) => {
      requireOwner(chat);
      const missing = await this.repository.unavailable(tx, wanted);
      if (missing.length > 0) throw userUnavailable(missing);
      const added = await this.repository.insertMembers(tx, chat.id, wanted);
      if ((await this.repository.countMembers(tx, chat.id)) > GROUP_MEMBERS_MAX) throw chatFull();
      return async () => {
        await this.announcer.appeared(ctx, chat.id, added);
        await this.announcer.members(ctx, chat.id, added, []);
        return this.query.some(chat.id, wanted);
      };
    });
  }

  /**
   * Removes somebody; removing oneself is leaving.
   * @throws AppError `chat_not_found`, `chat_kind_mismatch`, `not_chat_owner`, `not_found` (no such member)
   */
  async remove(ctx: RequestContext, chatId: string, memberId: string): Promise<void> {
    const userId = memberId.toLowerCase();
    if (userId === principalOf(ctx).userId) return this.leave(ctx, chatId);
    await this.inGroup(ctx, chatId, async (chat, tx) => {
      requireOwner(chat);
      if (!(await this.repository.deleteMember(tx, chat.id, userId))) throw new AppError('not_found');
      tx.emit('chats.gone', { userIds: [userId], chatId: chat.id, reason: 'removed' });
      return () => this.announcer.members(ctx, chat.id, [], [userId]);
    });
  }

  /**
   * Leaves a group. When its owner leaves, the longest member becomes owner; with the last member the chat goes.
   * @throws AppError `chat_not_found`, `chat_kind_mismatch`
   */
  async leave(ctx: RequestContext, chatId: string): Promise<void> {
    const { userId } = principalOf(ctx);
    await this.inGroup(ctx, chatId, async (chat, tx) => {
      tx.emit('chats.gone', { userIds: [userId], chatId: chat.id, reason: 'left' });
      await this.takeOut(tx, chat, userId);
      return () => this.announcer.members(ctx, chat.id, [], [userId]);
    });
  }

  /**
   * Makes another member the owner.
   * @throws AppError `chat_not_found`, `chat_kind_mismatch`, `not_chat_owner`, `user_unavailable` (not a member, or not active)
   */
  async setOwner(ctx: RequestContext, chatId: string, memberId: string): Promise<void> {
    const userId = memberId.toLowerCase();
    await this.inGroup(ctx, chatId, async (chat, tx) => {
      requireOwner(chat);
      const member = await this.repository.isMember(tx, chat.id, userId);
      const unavailable = await this.repository.unavailable(tx, [userId]);
      if (!member || unavailable.length > 0) throw userUnavailable([userId]);
      if (chat.owner_id !== userId) await this.handOver(tx, chat, userId);
      return () => Promise.resolve();
    });
  }

  /** Takes a member out of a group under its lock, also for an account that is deleted. Telling is left to the caller. */
  async takeOut(tx: UnitOfWorkTx, chat: LockedChat, userId: string): Promise<void> {
    await this.repository.deleteMember(tx, chat.id, userId);
    const next = await this.repository.longestMember(tx, chat.id);
    if (next === null) await this.repository.endGroup(tx, chat.id);
    else if (chat.owner_id === userId) await this.handOver(tx, chat, next);
  }

  private async handOver(tx: UnitOfWorkTx, chat: LockedChat, userId: string): Promise<void> {
    await this.repository.giveOwnership(tx, chat.id, userId);
    const version = await this.repository.touch(tx, chat.id, chat.title);
    tx.emit('chats.changed', { chatId: chat.id, title: chat.title, version, ownerId: userId });
  }

  /** Runs a change of a group in its order and under its lock, then what it returned: the telling, after the commit. */
  private inGroup<R>(
    ctx: RequestContext,
    chatId: string,
    change: (chat: LockedChat, tx: UnitOfWorkTx) => Promise<() => Promise<R>>,
  ): Promise<R> {
    return this.sender.inOrder(chatId.toLowerCase(), async () => {
      const tell = await this.work.run(ctx, async (tx) => {
        const chat = await this.repository.lock(tx, chatId, principalOf(ctx).userId);
        if (chat === null || chat.role === null) throw chatNotFound();
        if (chat.kind !== 'group') throw chatKindMismatch();
        return change(chat, tx);
      });
      return tell();
    });
  }
}

function requireOwner(chat: LockedChat): void {
  if (chat.role !== 'owner') throw notChatOwner();
}
