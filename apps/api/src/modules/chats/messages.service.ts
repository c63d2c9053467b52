import {
  type HistoryQuery,
  type Message,
  type MessageHistory,
  SYNC_TAIL_MAX,
  SYNC_TOTAL_MAX,
  type SyncResult,
} from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { invalidField } from '../../common/errors/app-error.js';
import { isDatabaseUnavailable } from '../../common/errors/database-errors.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { AppConfig } from '../../config/app-config.js';
import { Database } from '../../database/database.js';
import { ChatListQuery } from './chat-list.query.js';
import { chatNotFound, messageNotFound, refusalOf } from './chats.errors.js';
import { MessageSender } from './message-sender.js';
import { MessagesRepository, placeKey, position } from './messages.repository.js';
import { RecentSet } from './recent-set.js';

/** A message's place as the database compares it: ids in lower case, positions within range. */
function placeOf({ chatId, seq }: { chatId: string; seq: number }): {
  chatId: string;
  seq: number;
} {
  return { chatId: chatId.toLowerCase(), seq: position(seq) };
}

/** As many of the chats as fit into one answer: those least behind, so that the fewest have to be reloaded. */
function withinBudget<T extends { behind: number }>(chats: readonly T[]): T[] {
  let left = SYNC_TOTAL_MAX;
  return chats.toSorted((a, b) => a.behind - b.behind).filter(({ behind }) => (left -= behind) >= 0);
}

/** Messages: send, change, look at. All input has been parsed with the schemas of the contracts. */
@Injectable()
export class MessagesService {
  /** Changes whose answer from the database was lost; see `MessageSender`. */
  private readonly untold = new RecentSet(1000);

  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly chats: ChatListQuery,
    private readonly sender: MessageSender,
    private readonly events: DomainEvents,
    private readonly config: AppConfig,
  ) {}

  /**
   * Sends a message; when this resolves it is committed. The same client id again gives the same message and tells nobody.
   * @throws AppError `chat_not_found`, `client_id_reused`, `user_unavailable` (direct chat), `message_not_found` or
   * `message_deleted` (of `replyTo`), `database_unavailable`
   */
  async send(
    ctx: RequestContext,
    input: {
      chatId: string;
      clientId: string;
      body: string;
      replyTo?: number | null;
    },
  ): Promise<Message> {
    const { body, replyTo = null } = input;
    this.assertLength(body);
    const chatId = input.chatId.toLowerCase();
    return this.sender.send(ctx, {
      chatId,
      clientId: input.clientId.toLowerCase(),
      body,
      replyTo,
      forwardAuthor: null,
    });
  }

  /**
   * Changes the text of an own message and keeps the earlier one. The text that it has already changes nothing.
   * @throws AppError `chat_not_found`, `message_not_found`, `message_deleted`, `not_message_author` (a forwarded text included)
   */
  async edit(ctx: RequestContext, input: { chatId: string; seq: number; body: string }): Promise<Message> {
    const { userId } = principalOf(ctx);
    this.assertLength(input.body);
    const place = placeOf(input);
    return this.change(ctx, 'chats.message-edited', place, 'SELECT chat_edit($1, $2, $3, $4) AS outcome', [
      place.chatId,
      userId,
      place.seq,
      input.body,
    ]);
  }

  /**
   * Leaves a tombstone in the place of an own message, with `chats:moderate` of anybody's in groups and channels.
   * @throws AppError `chat_not_found`, `message_not_found`, `message_deleted`, `forbidden`
   */
  remove(ctx: RequestContext, input: { chatId: string; seq: number }): Promise<Message> {
    const { userId, permissions } = principalOf(ctx);
    const place = placeOf(input);
    return this.change(ctx, 'chats.message-deleted', place, 'SELECT chat_delete($1, $2, $3, $4) AS outcome', [
      place.chatId,
      userId,
      place.seq,
      permissions.has('chats:moderate'),
    ]);
  }

  /** A page of a chat, ascending. @throws AppError `chat_not_found` */
  history(ctx: RequestContext, chatId: string, query: HistoryQuery): Promise<MessageHistory> {
    return this.messages.history(principalOf(ctx).userId, chatId, query);
  }

  /** Earlier texts of a message, newest first. @throws AppError `chat_not_found`, `message_not_found` */
  async revisions(ctx: RequestContext, chatId: string, seq: number): Promise<{ body: string; writtenAt: string }[]> {
    const { userId } = principalOf(ctx);
    const found = await this.messages.revisions(userId, chatId, seq);
    if (found !== null) return found;
    throw (await this.chats.one(userId, chatId)) === null ? chatNotFound() : messageNotFound();
  }

  /**
   * What happened in these chats since the change numbers that a client knows; two statements and a bounded number of messages,
   * however many chats. Whoever misses more than that reloads.
   * @param known chat id → last `rev` known
   */
  async changesSince(ctx: RequestContext, known: Readonly<Record<string, number>>): Promise<SyncResult[]> {
    const { userId } = principalOf(ctx);
    const asked = new Map(Object.entries(known).map(([chatId, rev]) => [chatId.toLowerCase(), rev]));
    // Chats first: a message that changes in between is then in the tail already and comes as an event once more.
    const chats = await this.chats.listed(userId, [...asked.keys()]);
    const near = withinBudget(
      [...asked].flatMap(([chatId, rev]) => {
        const behind = (chats.get(chatId)?.rev ?? -1) - rev;
        return behind >= 0 && behind <= SYNC_TAIL_MAX ? [{ chatId, rev, behind }] : [];
      }),
    );
    const tails = await this.messages.changedSince(userId, near);
    return [...asked.keys()].map((chatId): SyncResult => {
      const chat = chats.get(chatId);
      if (chat === undefined) return { chatId, kind: 'gone' };
      const messages = tails.get(chatId);
      // A client that knows more than we do has seen another database (a restored backup): it forgets and fetches anew.
      return messages === undefined ? { chatId, kind: 'reload', chat } : { chatId, kind: 'tail', chat, messages };
    });
  }

  /** The contracts bound a message; this installation may allow less. */
  private assertLength(body: string): void {
    if (body.length > this.config.limits.messageMaxChars)
      throw invalidField('body', 'too_long', 'The message is too long');
  }

  private change(
    ctx: RequestContext,
    event: 'chats.message-edited' | 'chats.message-deleted',
    place: { chatId: string; seq: number },
    statement: string,
    params: readonly unknown[],
  ): Promise<Message> {
    const key = `${event}:${placeKey(place.chatId, place.seq)}`;
    return this.sender.inOrder(place.chatId, async () => {
      try {
        const [row] = await this.database.query<{ outcome: string }>(statement, params);
        const outcome = row?.outcome ?? 'chat_not_found';
        // The repetition of a change whose answer was lost: it stands, and the world has not heard of it.
        const untold = (outcome === 'unchanged' || outcome === 'message_deleted') && this.untold.delete(key);
        if (outcome !== 'done' && outcome !== 'unchanged' && !untold) throw refusalOf(outcome);
        const message = (await this.messages.at([place])).get(placeKey(place.chatId, place.seq));
        if (message === undefined) throw chatNotFound();
        if (outcome === 'done' || untold) this.events.publish(event, { message }, ctx);
        return message;
      } catch (error) {
        if (isDatabaseUnavailable(error)) this.untold.add(key);
        throw error;
      }
    });
  }
}
