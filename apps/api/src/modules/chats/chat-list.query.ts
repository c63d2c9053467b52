import type { Chat, Page, ReadState } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../database/database.js';
import { decodeCursor, toPage } from '../../database/keyset.js';
import { type ChatRow, type ReadStateRow, toChat, toReadState } from './chat.mapper.js';

/**
 * `unread(member m, chat c)`: everything after the read pointer, less the member's own, less what others deleted. The partial index
 * on deleted messages answers the last part; a chat that is read costs nothing.
 */
const UNREAD = `CASE WHEN c.last_seq <= m.read_seq THEN 0 ELSE
  c.last_seq - m.read_seq - m.own_after_read - (
    SELECT count(*) FROM messages d
    WHERE d.chat_id = c.id AND d.seq > m.read_seq AND d.author_id <> m.user_id AND d.deleted_at IS NOT NULL
  ) END`;

/** A chat's place in the member's list: that of the last message by somebody else since the member joined (F25). */
const ORDER = `greatest(m.joined_order, CASE WHEN c.top_author = m.user_id THEN c.second_order ELSE c.top_order END)`;

/** The chat is in the member's list. Only direct chats are ever hidden. */
const LISTED = 'c.last_seq > m.hidden_seq';

/**
 * One row per membership. The look-ups are LATERAL with LIMIT so that they stay primary-key probes: the time of a list depends on
 * the number of chats, not on the number of messages.
 */
const CHAT_OF_MEMBER = `
SELECT m.user_id AS member_id, c.id, c.kind, c.title, c.icon, c.channel_key, c.version, c.last_seq, c.last_rev, m.role, m.read_seq,
  ${ORDER} AS list_order, ${UNREAD} AS unread,
  p.user_id AS peer_id, p.username AS peer_username, p.full_name AS peer_full_name, p.avatar_version AS peer_avatar_version,
  p.reachable AS peer_reachable, p.read_seq AS peer_read_seq,
  l.author_id AS last_author_id, l.full_name AS last_author_name, l.body AS last_body, l.created_at AS last_created_at
FROM chat_members m
JOIN chats c ON c.id = m.chat_id
LEFT JOIN LATERAL (
  SELECT pm.user_id, pm.read_seq, u.username, u.full_name, u.avatar_version,
    u.status = 'active' AND u.deleted_at IS NULL AS reachable
  FROM chat_members pm JOIN users u ON u.id = pm.user_id
  WHERE c.kind = 'direct' AND pm.chat_id = c.id AND pm.user_id <> m.user_id
  LIMIT 1
) p ON true
LEFT JOIN LATERAL (
  SELECT x.author_id, x.body, x.created_at, u.full_name
  FROM messages x JOIN users u ON u.id = x.author_id
  WHERE x.chat_id = c.id AND x.seq = c.last_seq AND x.seq > m.hidden_seq
  LIMIT 1
) l ON true`;

const pageCursor = z.object({ order: z.int(), id: z.uuid() });

/** Chats as members see them; each method is one statement. */
@Injectable()
export class ChatListQuery {
  constructor(private readonly database: Database) {}

  /** All chats in the user's list, highest first. */
  async all(userId: string): Promise<Chat[]> {
    const rows = await this.database.query<ChatRow>(
      `${CHAT_OF_MEMBER} WHERE m.user_id = $1 AND ${LISTED} ORDER BY list_order DESC, c.id`,
      [userId],
      { name: 'chats-all' },
    );
    return rows.map(toChat);
  }

  /** A page of the user's list. @param q part of the title or of the other person's name @throws AppError `bad_cursor` */
  async page(userId: string, query: { q?: string; cursor?: string; limit: number }): Promise<Page<Chat>> {
    const after = decodeCursor(query.cursor, pageCursor);
    const rows = await this.database.query<ChatRow>(
      `SELECT * FROM (${CHAT_OF_MEMBER} WHERE m.user_id = $1 AND ${LISTED}) list
       WHERE ($2::text IS NULL OR coalesce(list.title, list.peer_full_name) ILIKE $2 OR list.peer_username ILIKE $2)
         AND ($3::bigint IS NULL OR list.list_order < $3 OR (list.list_order = $3 AND list.id > $4::uuid))
       ORDER BY list.list_order DESC, list.id LIMIT $5`,
      [userId, query.q ? likeAnywhere(query.q) : null, after?.order ?? null, after?.id ?? null, query.limit + 1],
    );
    return toPage(rows, query.limit, (row) => ({ order: Number(row.list_order), id: row.id }), toChat);
  }

  /** One chat, also while it is hidden from the list; null: not the user's. */
  async one(userId: string, chatId: string): Promise<Chat | null> {
    const rows = await this.database.query<ChatRow>(
      `${CHAT_OF_MEMBER} WHERE m.chat_id = $1 AND m.user_id = $2`,
      [chatId, userId],
      { name: 'chats-one' },
    );
    return rows[0] === undefined ? null : toChat(rows[0]);
  }

  /** Those of the named chats that are the user's, hidden ones included. */
  async some(userId: string, chatIds: readonly string[]): Promise<Map<string, Chat>> {
    const rows = await this.database.query<ChatRow>(
      `${CHAT_OF_MEMBER} WHERE m.user_id = $1 AND m.chat_id = ANY($2::uuid[])`,
      [userId, chatIds],
    );
    return new Map(rows.map((row) => [row.id, toChat(row)]));
  }

  /** Those of the named chats that are in the user's list. */
  async listed(userId: string, chatIds: readonly string[]): Promise<Map<string, Chat>> {
    if (chatIds.length === 0) return new Map();
    const rows = await this.database.query<ChatRow>(
      `${CHAT_OF_MEMBER} WHERE m.user_id = $1 AND m.chat_id = ANY($2::uuid[]) AND ${LISTED}`,
      [userId, chatIds],
    );
    return new Map(rows.map((row) => [row.id, toChat(row)]));
  }

  /** One chat as each of these people has it in their list; those who have not are left out. */
  async forMembers(chatId: string, userIds: readonly string[]): Promise<{ userId: string; chat: Chat }[]> {
    if (userIds.length === 0) return [];
    const rows = await this.database.query<ChatRow>(
      `${CHAT_OF_MEMBER} WHERE m.chat_id = $1 AND m.user_id = ANY($2::uuid[]) AND ${LISTED}`,
      [chatId, userIds],
    );
    return rows.map((row) => ({ userId: row.member_id, chat: toChat(row) }));
  }

  /** The member's numbers in one chat and, for a direct chat, who the other one is; null: not a member. */
  async readState(userId: string, chatId: string): Promise<{ state: ReadState; peerId: string | null } | null> {
    const rows = await this.database.query<ReadStateRow>(
      `SELECT c.last_rev, m.read_seq, ${UNREAD} AS unread, ${ORDER} AS list_order,
         (SELECT pm.user_id FROM chat_members pm
          WHERE c.kind = 'direct' AND pm.chat_id = c.id AND pm.user_id <> m.user_id LIMIT 1) AS peer_id
       FROM chat_members m JOIN chats c ON c.id = m.chat_id WHERE m.chat_id = $1 AND m.user_id = $2`,
      [chatId, userId],
      { name: 'chats-read-state' },
    );
    const row = rows[0];
    return row === undefined ? null : { state: toReadState(chatId, row), peerId: row.peer_id };
  }
}

/** Pattern for ILIKE that finds the text itself anywhere. */
export function likeAnywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
