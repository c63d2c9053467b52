import type { Chat, CreateChat, Page, Permission } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { newId } from '../../common/ids.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ChatAnnouncer } from './chat-announcer.js';
import { ChatListQuery } from './chat-list.query.js';
import { toGroupFromOutside } from './chat.mapper.js';
import { chatKindMismatch, chatNotFound, directWithOneself, notChatOwner, userUnavailable } from './chats.errors.js';
import { ChatsRepository, type LockedChat } from './chats.repository.js';
import { MessageSender } from './message-sender.js';

/** Chats as things in a list: see them, make them, name them, take them away. Membership is the right to read and write. */
@Injectable()
export class ChatsService {
  constructor(
    private readonly list: ChatListQuery,
    private readonly repository: ChatsRepository,
    private readonly sender: MessageSender,
    private readonly announcer: ChatAnnouncer,
    private readonly work: UnitOfWork,
    private readonly events: DomainEvents,
  ) {}

  /** Everything in my list, highest first: the snapshot of a connection. */
  listAll(ctx: RequestContext): Promise<Chat[]> {
    return this.list.all(principalOf(ctx).userId);
  }

  /** A page of my list. @throws AppError `bad_cursor` */
  page(ctx: RequestContext, query: { q?: string; cursor?: string; limit: number }): Promise<Page<Chat>> {
    return this.list.page(principalOf(ctx).userId, query);
  }

  /** One of my chats, also while it is hidden from the list. @throws AppError `chat_not_found` */
  async get(ctx: RequestContext, chatId: string): Promise<Chat> {
    const chat = await this.list.one(principalOf(ctx).userId, chatId);
    if (chat === null) throw chatNotFound();
    return chat;
  }

  /** Ids of the chats in a user's list: what a socket of theirs listens to. */
  chatIdsOf(userId: string): Promise<string[]> {
    return this.repository.listedIds(userId);
  }

  /** The direct chats of these people, each with the other one who has it in their list. */
  directPeersOf(userIds: readonly string[]): Promise<{ chatId: string; peerId: string }[]> {
    return this.repository.directPeers(userIds);
  }

  /** Tells somebody a chat of theirs once more, as it is now and at its place among the chat's changes. */
  tellAgain(ctx: RequestContext, chatId: string, userId: string): Promise<void> {
    return this.sender.inOrder(chatId, () => this.announcer.appeared(ctx, chatId, [userId]));
  }

  /** Which of these chats may I read? Hidden ones included. */
  readable(ctx: RequestContext, chatIds: readonly string[]): Promise<Set<string>> {
    return this.repository.memberOf(principalOf(ctx).userId, chatIds);
  }

  /**
   * Starts a chat. The direct chat with a person is made once and found afterwards, a hidden one comes back with its history.
   * @throws AppError `validation_failed` (with oneself), `user_unavailable` (unknown or not active)
   */
  create(ctx: RequestContext, input: CreateChat): Promise<Chat> {
    return input.kind === 'direct'
      ? this.openDirect(ctx, input.userId.toLowerCase())
      : this.createGroup(ctx, input.title, input.memberIds);
  }

  /**
   * Gives a group another title; its owner, or a moderator, who need not be in it.
   * @param version the version that the caller edited
   * @throws AppError `chat_not_found`, `chat_kind_mismatch`, `not_chat_owner`, `version_conflict` with the chat as it is
   */
  rename(ctx: RequestContext, chatId: string, version: number, title: string): Promise<Chat> {
    const { userId, permissions } = principalOf(ctx);
    return this.sender.inOrder(chatId.toLowerCase(), async () => {
      const current = await this.list.one(userId, chatId);
      const renamed = await this.work.run(ctx, async (tx) => {
        const chat = await this.repository.lock(tx, chatId, userId);
        const moderates = mayModerate(permissions, chat);
        if (chat === null || (chat.role === null && !moderates)) throw chatNotFound();
        if (chat.kind !== 'group') throw chatKindMismatch();
        if (chat.role !== 'owner' && !moderates) throw notChatOwner();
        // Changes of a chat come one after the other on this node; another node may still have been faster.
        if (chat.version !== version)
          throw new AppError('version_conflict', {
            current: { ...(current ?? toGroupFromOutside(chat)), ...versioned(chat) },
          });
        const next = await this.repository.touch(tx, chat.id, title);
        tx.emit('chats.changed', { chatId: chat.id, title, version: next, ownerId: chat.owner_id });
        return { id: chat.id, title, version: next };
      });
      return (await this.list.one(userId, chatId)) ?? toGroupFromOutside(renamed);
    });
  }

  /**
   * Takes a chat away: a direct chat out of my list until the next message, a group (by its owner or a moderator) for everybody.
   * @throws AppError `chat_not_found`, `chat_kind_mismatch` (channels), `not_chat_owner`
   */
  remove(ctx: RequestContext, chatId: string): Promise<void> {
    const { userId, permissions } = principalOf(ctx);
    return this.sender.inOrder(chatId.toLowerCase(), async () => {
      const hidden = await this.work.run(ctx, async (tx) => {
        const chat = await this.repository.lock(tx, chatId, userId);
        const moderates = mayModerate(permissions, chat);
        if (chat === null || (chat.role === null && !moderates)) throw chatNotFound();
        if (chat.kind === 'channel') throw chatKindMismatch();
        if (chat.kind === 'direct') {
          await this.repository.hide(tx, chat.id, userId);
          return true;
        }
        if (chat.role !== 'owner' && !moderates) throw notChatOwner();
        await this.repository.endGroup(tx, chat.id);
        tx.emit('chats.gone', { userIds: 'everybody', chatId: chat.id, reason: 'deleted' });
        return false;
      });
      if (hidden) await this.tellHidden(ctx, userId, chatId.toLowerCase());
    });
  }

  private async tellHidden(ctx: RequestContext, userId: string, chatId: string): Promise<void> {
    // Hiding reads: the other one is told so.
    const found = await this.list.readState(userId, chatId);
    if (found !== null) this.events.publish('chats.read', { userId, ...found }, ctx);
    this.events.publish('chats.gone', { userIds: [userId], chatId, reason: 'hidden' }, ctx);
  }

  private async openDirect(ctx: RequestContext, peerId: string): Promise<Chat> {
    const { userId } = principalOf(ctx);
    if (peerId === userId) throw directWithOneself();
    const userIds = [userId, peerId].sort();
    const directKey = userIds.join(':');
    const chatId =
      (await this.repository.findDirect(directKey)) ?? (await this.insertDirect(ctx, directKey, userIds, peerId));
    return this.sender.inOrder(chatId, async () => {
      if (await this.repository.show(chatId, userId)) await this.announcer.appeared(ctx, chatId, [userId]);
      return this.get(ctx, chatId);
    });
  }

  private async insertDirect(
    ctx: RequestContext,
    directKey: string,
    userIds: string[],
    peerId: string,
  ): Promise<string> {
    const id = newId();
    const inserted = await this.work.run(ctx, async (tx) => {
      const missing = await this.repository.unavailable(tx, [peerId]);
      if (missing.length > 0) throw userUnavailable(missing);
      return this.repository.insertDirect(tx, { id, directKey, createdBy: principalOf(ctx).userId, userIds });
    });
    // The other one opened it in the same moment.
    return inserted ? id : ((await this.repository.findDirect(directKey)) ?? id);
  }

  private createGroup(ctx: RequestContext, title: string, memberIds: readonly string[]): Promise<Chat> {
    const { userId } = principalOf(ctx);
    const others = [...new Set(memberIds.map((id) => id.toLowerCase()))].filter((id) => id !== userId);
    if (others.length === 0) throw invalidField('memberIds', 'empty', 'A group needs another person');
    const chatId = newId();
    return this.sender.inOrder(chatId, async () => {
      await this.work.run(ctx, async (tx) => {
        const missing = await this.repository.unavailable(tx, others);
        if (missing.length > 0) throw userUnavailable(missing);
        await this.repository.insertGroup(tx, { id: chatId, title, ownerId: userId });
        await this.repository.insertMembers(tx, chatId, others);
      });
      await this.announcer.appeared(ctx, chatId, [userId, ...others]);
      return this.get(ctx, chatId);
    });
  }
}

/** Groups are moderated from inside and outside alike; direct chats are nobody's to moderate, channels follow roles. */
function mayModerate(permissions: ReadonlySet<Permission>, chat: LockedChat | null): boolean {
  return permissions.has('chats:moderate') && chat?.kind === 'group';
}

function versioned(chat: LockedChat): Pick<Chat, 'title' | 'version'> {
  return { title: chat.title, version: chat.version };
}
