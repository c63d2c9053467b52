import type { ChatMember, MemberPage } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../database/database.js';
import { decodeCursor, toPage } from '../../database/keyset.js';
import { likeAnywhere } from './chat-list.query.js';
import { type PersonRow, toUserSummary } from './chat.mapper.js';
import { chatNotFound } from './chats.errors.js';

interface MemberRow extends PersonRow {
  role: 'owner' | 'member';
  joined_at: Date;
}

const cursorOf = z.object({ name: z.string().max(200), id: z.uuid() });

const toMember = (row: MemberRow): ChatMember => ({
  ...toUserSummary(row),
  role: row.role,
  joinedAt: row.joined_at.toISOString(),
});

/** Members as public shapes; each method is one statement. Deleted accounts are left out. */
@Injectable()
export class MembersQuery {
  constructor(private readonly database: Database) {}

  /** A page by name, for a member. @throws AppError `chat_not_found`, `bad_cursor` */
  async page(
    userId: string,
    chatId: string,
    query: { q?: string; cursor?: string; limit: number },
  ): Promise<MemberPage> {
    const after = decodeCursor(query.cursor, cursorOf);
    const rows = await this.database.query<MemberRow & { id: string | null; total: number | string }>(
      `SELECT found.*, (
         SELECT count(*) FROM chat_members o JOIN users u ON u.id = o.user_id WHERE o.chat_id = $1 AND u.deleted_at IS NULL
       ) AS total
       FROM chat_members me LEFT JOIN LATERAL (
         SELECT u.id, u.username, u.full_name, u.avatar_version, m.role, m.joined_at
         FROM chat_members m JOIN users u ON u.id = m.user_id
         WHERE m.chat_id = me.chat_id AND u.deleted_at IS NULL
           AND ($3::text IS NULL OR u.full_name ILIKE $3 OR u.username ILIKE $3)
           AND ($4::text IS NULL OR (u.full_name, u.id) > ($4, $5::uuid))
         ORDER BY u.full_name, u.id LIMIT $6
       ) found ON true
       WHERE me.chat_id = $1 AND me.user_id = $2
       ORDER BY found.full_name, found.id`,
      [chatId, userId, query.q ? likeAnywhere(query.q) : null, after?.name ?? null, after?.id ?? null, query.limit + 1],
    );
    if (rows[0] === undefined) throw chatNotFound();
    const found = rows.filter((row) => row.id !== null);
    const page = toPage(found, query.limit, (row) => ({ name: row.full_name, id: row.id }), toMember);
    return { ...page, total: Number(rows[0].total) };
  }

  /** Those of the people who are members, by name. */
  async some(chatId: string, userIds: readonly string[]): Promise<ChatMember[]> {
    const rows = await this.database.query<MemberRow>(
      `SELECT u.id, u.username, u.full_name, u.avatar_version, m.role, m.joined_at
       FROM chat_members m JOIN users u ON u.id = m.user_id
       WHERE m.chat_id = $1 AND m.user_id = ANY($2::uuid[]) ORDER BY u.full_name, u.id`,
      [chatId, userIds],
    );
    return rows.map(toMember);
  }
}
