import type { Message } from '@besedka/contracts';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { type RequestContext, principalOf } from '../../common/context/request-context.js';
import { isDatabaseUnavailable, isRetryable, violatedUnique } from '../../common/errors/database-errors.js';
import { toAppError } from '../../common/errors/problem.js';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { Database } from '../../database/database.js';
import { ChatListQuery } from './chat-list.query.js';
import { chatNotFound, refusalOf } from './chats.errors.js';
import { authorOf, type MessagePeopleRow, originOf } from './message.mapper.js';
import { MessagesRepository, placeKey, position } from './messages.repository.js';
import { OrderedBatches } from './ordered-batches.js';
import { RecentSet } from './recent-set.js';

/** Batches in flight at once, should one be slow. Usually it is one: two would each be half as large, and cost nearly as much each. */
const BATCHES = 4;
/** Milliseconds after which a batch counts as slow: many times a commit. */
const PATIENCE_MS = 50;
/** Edits and deletions at once. With the batches they leave free what others need of the pool. */
const JOBS = 2;
const BATCH_MAX = 200;
/** Attempts of a single message that runs into a rival (same client id, deadlock) before its failure is told. */
const ATTEMPTS = 3;
/** Sends of unknown fate that are remembered. A client that finds a gap asks for it anyway; this only makes it sooner. */
const UNTOLD_MAX = 10_000;

export interface Outgoing {
  chatId: string;
  clientId: string;
  body: string;
  replyTo: number | null;
  /** Author of the original of a forwarded message. */
  forwardAuthor: string | null;
}

interface Pending extends Outgoing {
  ctx: RequestContext;
  authorId: string;
  resolve: (message: Message) => void;
  reject: (reason: unknown) => void;
}

interface SentRow extends MessagePeopleRow {
  n: number;
  outcome: string;
  seq: number;
  rev: number;
  order_key: number | string;
  created_at: Date;
  appears: string[] | null;
}

/** The people's columns ride along: they were there before the statement began, so its snapshot sees them. */
const SEND = `
SELECT s.n, s.outcome, s.seq, s.rev, s.order_key, s.created_at, s.appears,
  a.id AS author_id, a.username AS author_username, a.full_name AS author_full_name, a.avatar_version AS author_avatar,
  f.id AS origin_id, f.username AS origin_username, f.full_name AS origin_full_name, f.avatar_version AS origin_avatar
FROM chat_send($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::uuid[]) s
LEFT JOIN users a ON a.id = ($2::uuid[])[s.n]
LEFT JOIN users f ON f.id = ($6::uuid[])[s.n]
ORDER BY s.n`;

/**
 * The way of every message into the database and out to the world. Sends that arrive while a batch is in flight go together in
 * the next one: one statement, one commit. Nothing is answered or told before its commit, and per chat everything is told in
 * the order of its change numbers.
 */
@Injectable()
export class MessageSender implements BeforeApplicationShutdown {
  private readonly work = new OrderedBatches<Pending>({
    batches: BATCHES,
    patienceMs: PATIENCE_MS,
    maxBatch: BATCH_MAX,
    jobs: JOBS,
    runBatch: (items) => this.sendBatch(items),
  });

  /** Sends whose fate is unknown; when the sender repeats one and it turns out to be committed, it is still to be told. */
  private readonly untold = new RecentSet(UNTOLD_MAX);

  constructor(
    private readonly database: Database,
    private readonly messages: MessagesRepository,
    private readonly chats: ChatListQuery,
    private readonly events: DomainEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Sends one message; the same client id again answers the message that it made.
   * @throws AppError `chat_not_found`, `client_id_reused`, `user_unavailable`, `message_not_found` or `message_deleted` (of the
   * message answered to), `database_unavailable`
   */
  send(ctx: RequestContext, outgoing: Outgoing): Promise<Message> {
    const authorId = principalOf(ctx).userId;
    return new Promise((resolve, reject) => {
      this.work.add(outgoing.chatId, {
        ...outgoing,
        ctx,
        authorId,
        resolve,
        reject,
      });
    });
  }

  /** Runs a change of a chat at its place in the chat's order, so that its events leave neither early nor late. */
  inOrder<R>(chatId: string, job: () => Promise<R>): Promise<R> {
    return this.work.run(chatId, job);
  }

  /** What was accepted is finished before the pool closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.work.idle();
  }

  private async sendBatch(items: Pending[]): Promise<void> {
    let rows: SentRow[];
    try {
      rows = await this.write(items);
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.refuse(items, error);
      // The whole batch was rolled back, and which message is at fault is not known.
      else for (const item of items) await this.sendAlone(item);
      return;
    }
    // A fault of ours while telling must neither leave senders without an answer nor stop the next batch.
    await this.deliver(items, rows).catch((error: unknown) => this.refuse(items, error));
  }

  private async sendAlone(item: Pending): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.deliver([item], await this.write([item]));
        return;
      } catch (error) {
        const rival = isRetryable(error) || violatedUnique(error) !== undefined;
        if (rival && attempt < ATTEMPTS) continue;
        this.refuse([item], error);
        return;
      }
    }
  }

  /** The connection may have broken after the commit: the senders repeat, and what was committed is told then. */
  private refuse(items: readonly Pending[], error: unknown): void {
    const refusal = toAppError(error);
    for (const item of items) {
      if (refusal.code === 'database_unavailable') this.untold.add(senderKey(item));
      item.reject(refusal);
    }
  }

  private write(items: readonly Pending[]): Promise<SentRow[]> {
    return this.database.query<SentRow>(
      SEND,
      [
        items.map((item) => item.chatId),
        items.map((item) => item.authorId),
        items.map((item) => item.clientId),
        items.map((item) => item.body),
        items.map((item) => (item.replyTo === null ? null : position(item.replyTo))),
        items.map((item) => item.forwardAuthor),
      ],
      { name: 'messages-send' },
    );
  }

  /** Tells the world and answers the senders. The rows are committed: nothing is sent again from here on. */
  private async deliver(items: readonly Pending[], rows: readonly SentRow[]): Promise<void> {
    const accepted: { row: SentRow; item: Pending }[] = [];
    for (const row of rows) {
      const item = items[row.n - 1]!;
      if (row.outcome === 'sent' || row.outcome === 'repeated') accepted.push({ row, item });
      else item.reject(refusalOf(row.outcome));
    }
    let messages: Map<string, Message>;
    try {
      const incomplete = accepted.filter(({ row, item }) => row.outcome === 'repeated' || item.replyTo !== null);
      messages = await this.messages.at(
        incomplete.map(({ row, item }) => ({
          chatId: item.chatId,
          seq: row.seq,
        })),
      );
    } catch (error) {
      this.refuse(
        accepted.map(({ item }) => item),
        error,
      );
      return;
    }
    for (const { row, item } of accepted) {
      const known = row.outcome === 'sent' && item.replyTo === null;
      const message = known ? newMessage(item, row) : messages.get(placeKey(item.chatId, row.seq));
      if (message === undefined) {
        // Its chat was deleted in the same moment.
        item.reject(chatNotFound());
        continue;
      }
      const untold = this.untold.delete(senderKey(item));
      if (row.outcome === 'sent' || untold) await this.announce(item, row, message);
      item.resolve(message);
    }
  }

  private async announce(item: Pending, row: SentRow, message: Message): Promise<void> {
    if (row.appears !== null) {
      // On a failure they learn of the chat from the snapshot of their next connection.
      const appeared = await this.chats.forMembers(item.chatId, row.appears).catch((err: unknown) => {
        this.logger.warn({ err, chatId: item.chatId }, 'a chat that appeared could not be told');
        return [];
      });
      for (const one of appeared) this.events.publish('chats.appeared', one, item.ctx);
    }
    this.events.publish('chats.message-new', { message, order: Number(row.order_key) }, item.ctx);
  }
}

function senderKey(item: Pending): string {
  return `${item.authorId}:${item.clientId}`;
}

/** A message that has just been written, without asking for it again. Replies are loaded: their quote is another message. */
function newMessage(item: Pending, row: SentRow): Message {
  return {
    chatId: item.chatId,
    seq: row.seq,
    rev: row.rev,
    clientId: item.clientId,
    author: authorOf(row),
    body: item.body,
    createdAt: row.created_at.toISOString(),
    editedAt: null,
    deletedAt: null,
    replyTo: null,
    forwardedFrom: originOf(row),
  };
}
