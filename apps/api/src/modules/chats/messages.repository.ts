import type { HistoryQuery, Message, MessageHistory } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { chatNotFound } from './chats.errors.js';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, type MessageRow, toMessage } from './message.mapper.js';

/** Beyond every message, with room for a page. Larger numbers are valid input and simply name nothing. */
const POSITION_MAX = 2_000_000_000;

/** A position that PostgreSQL can compare: beyond every message instead of out of range. */
export function position(value: number): number {
  return Math.min(value, POSITION_MAX);
}

/**
 * First and last sequence of a page, as SQL over `$3` (the limit), `$4` (the position), the chat `c` and the member `m`. Sequences are
 * dense, so a page is a range. Positions outside the chat mean its nearest end.
 */
const FIRST = '(greatest(m.hidden_seq, 0) + 1)';
const AROUND = `greatest(${FIRST}, least($4::int - $3::int / 2, c.last_seq - $3::int + 1))`;
const WINDOWS = {
  newest: ['c.last_seq - $3::int + 1', 'c.last_seq'],
  before: ['least($4::int, c.last_seq + 1) - $3::int', '$4::int - 1'],
  after: [`greatest($4::int + 1, ${FIRST})`, `greatest($4::bigint + 1, ${FIRST}) + $3::int - 1`],
  around: [AROUND, `${AROUND} + $3::int - 1`],
} as const;

interface HistoryRow extends MessageRow {
  last_seq: number;
  last_rev: number;
  first_visible: number;
}

/** Messages as public shapes; each method is one statement. */
@Injectable()
export class MessagesRepository {
  constructor(private readonly database: Database) {}

  /** A page of a chat in ascending order. @throws AppError `chat_not_found` */
  async history(userId: string, chatId: string, query: HistoryQuery): Promise<MessageHistory> {
    const mode = (['before', 'after', 'around'] as const).find((name) => query[name] !== undefined);
    const [from, to] = WINDOWS[mode ?? 'newest'];
    const rows = await this.database.query<HistoryRow>(
      `SELECT c.last_seq, c.last_rev, ${FIRST} AS first_visible, found.*
       FROM chat_members m JOIN chats c ON c.id = m.chat_id
       LEFT JOIN LATERAL (
         SELECT ${MESSAGE_COLUMNS} FROM messages x ${MESSAGE_JOINS}
         WHERE x.chat_id = c.id AND x.seq > m.hidden_seq AND x.seq BETWEEN ${from} AND ${to}
       ) found ON true
       WHERE m.chat_id = $1 AND m.user_id = $2 ORDER BY found.seq`,
      [chatId, userId, query.limit, ...(mode === undefined ? [] : [position(query[mode] ?? 0)])],
      { name: `messages-history-${mode ?? 'newest'}` },
    );
    const chat = rows[0];
    if (chat === undefined) throw chatNotFound();
    const items = rows.filter((row) => row.seq !== null).map(toMessage);
    const { last_seq: lastSeq, first_visible: first } = chat;
    // An empty page lies before everything (`before`) or behind everything (`after`, and a chat without messages).
    const start = items[0]?.seq ?? (mode === 'after' ? lastSeq + 1 : first);
    const end = items.at(-1)?.seq ?? (mode === 'before' ? first - 1 : lastSeq);
    return {
      items,
      hasBefore: start > first,
      hasAfter: end < lastSeq,
      lastSeq,
      rev: chat.last_rev,
    };
  }

  /** One message that the user may see; null otherwise. */
  async find(userId: string, chatId: string, seq: number): Promise<Message | null> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages x ${MESSAGE_JOINS}
       JOIN chat_members m ON m.chat_id = x.chat_id AND m.user_id = $3
       WHERE x.chat_id = $1 AND x.seq = $2 AND x.seq > m.hidden_seq`,
      [chatId, position(seq), userId],
      { name: 'messages-find' },
    );
    return rows[0] === undefined ? null : toMessage(rows[0]);
  }

  /** Those of the named messages of a chat that the user may see, ascending. */
  async findMany(userId: string, chatId: string, seqs: readonly number[]): Promise<Message[]> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages x ${MESSAGE_JOINS}
       JOIN chat_members m ON m.chat_id = x.chat_id AND m.user_id = $3
       WHERE x.chat_id = $1 AND x.seq = ANY($2::int[]) AND x.seq > m.hidden_seq ORDER BY x.seq`,
      [chatId, seqs.map(position), userId],
    );
    return rows.map(toMessage);
  }

  /** Messages by place, whoever asks: for those that have just been written. Key: `chatId:seq`. */
  async at(places: readonly { chatId: string; seq: number }[]): Promise<Map<string, Message>> {
    if (places.length === 0) return new Map();
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM unnest($1::uuid[], $2::int[]) AS place(chat_id, seq)
       JOIN messages x ON x.chat_id = place.chat_id AND x.seq = place.seq ${MESSAGE_JOINS}`,
      [places.map((place) => place.chatId), places.map((place) => place.seq)],
      { name: 'messages-at' },
    );
    return new Map(rows.map((row) => [placeKey(row.chat_id, row.seq), toMessage(row)]));
  }

  /** The author's messages with these client ids. Key: client id. */
  async byClientIds(authorId: string, clientIds: readonly string[]): Promise<Map<string, Message>> {
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages x ${MESSAGE_JOINS}
       WHERE x.author_id = $1 AND x.client_id = ANY($2::uuid[])`,
      [authorId, clientIds],
    );
    return new Map(rows.map((row) => [row.client_id, toMessage(row)]));
  }

  /** Everything in these chats that changed after the given change numbers and that the user may see, by `rev` per chat. */
  async changedSince(
    userId: string,
    chats: readonly { chatId: string; rev: number }[],
  ): Promise<Map<string, Message[]>> {
    const result = new Map<string, Message[]>(chats.map(({ chatId }) => [chatId, []]));
    if (chats.length === 0) return result;
    const rows = await this.database.query<MessageRow>(
      `SELECT found.* FROM unnest($1::uuid[], $2::int[]) AS known(chat_id, rev)
       JOIN chat_members m ON m.chat_id = known.chat_id AND m.user_id = $3
       CROSS JOIN LATERAL (
         SELECT ${MESSAGE_COLUMNS} FROM messages x ${MESSAGE_JOINS}
         WHERE x.chat_id = known.chat_id AND x.rev > known.rev AND x.seq > m.hidden_seq
       ) found
       ORDER BY found.chat_id, found.rev`,
      [chats.map(({ chatId }) => chatId), chats.map(({ rev }) => position(rev)), userId],
    );
    for (const row of rows) result.get(row.chat_id)?.push(toMessage(row));
    return result;
  }

  /** Earlier texts of a message, newest first; null when the user may not see the message. */
  async revisions(userId: string, chatId: string, seq: number): Promise<{ body: string; writtenAt: string }[] | null> {
    const rows = await this.database.query<{
      body: string | null;
      written_at: Date | null;
    }>(
      `SELECT r.body, r.written_at FROM chat_members m
       JOIN messages x ON x.chat_id = m.chat_id AND x.seq = $2 AND x.seq > m.hidden_seq
       LEFT JOIN message_revisions r ON r.chat_id = x.chat_id AND r.seq = x.seq
       WHERE m.chat_id = $1 AND m.user_id = $3 ORDER BY r.rev DESC`,
      [chatId, position(seq), userId],
    );
    if (rows.length === 0) return null;
    return rows.flatMap(({ body, written_at }) =>
      body === null || written_at === null ? [] : [{ body, writtenAt: written_at.toISOString() }],
    );
  }
}

export function placeKey(chatId: string, seq: number): string {
  return `${chatId}:${seq}`;
}
