import type { ChatKind, UserSummary } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { type PersonRow, toUserSummary } from './chat.mapper.js';

/** A chat's row under lock, with the asking person's part in it. */
export interface LockedChat {
  id: string;
  kind: ChatKind;
  title: string | null;
  version: number;
  last_seq: number;
  /** The asking person's role in the chat; null: not a member. */
  role: 'owner' | 'member' | null;
  owner_id: string | null;
}

/** Rows of chats and members. What takes a transaction needs the chat's lock. */
@Injectable()
export class ChatsRepository {
  constructor(private readonly database: Database) {}

  /** Locks the chat against everything that writes into it; null: no such chat. A group that nobody is in has ended. */
  async lock(tx: UnitOfWorkTx, chatId: string, userId: string): Promise<LockedChat | null> {
    await tx.query('SELECT 1 FROM chats WHERE id = $1 FOR NO KEY UPDATE', [chatId]);
    // A statement of its own: its snapshot is taken after the lock was got.
    const rows = await tx.query<LockedChat>(
      `SELECT c.id, c.kind, c.title, c.version, c.last_seq,
         (SELECT m.role FROM chat_members m WHERE m.chat_id = c.id AND m.user_id = $2) AS role,
         (SELECT m.user_id FROM chat_members m WHERE m.chat_id = c.id AND m.role = 'owner' LIMIT 1) AS owner_id
       FROM chats c
       WHERE c.id = $1 AND (c.kind <> 'group' OR EXISTS (SELECT 1 FROM chat_members m WHERE m.chat_id = c.id))`,
      [chatId, userId],
    );
    return rows[0] ?? null;
  }

  /** Those of the people who are not there or not active. */
  async unavailable(tx: UnitOfWorkTx, userIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT id FROM users WHERE id = ANY($1::uuid[]) AND status = 'active' AND deleted_at IS NULL`,
      [userIds],
    );
    const active = new Set(rows.map(({ id }) => id));
    return userIds.filter((id) => !active.has(id));
  }

  async findDirect(directKey: string): Promise<string | null> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM chats WHERE direct_key = $1', [directKey]);
    return rows[0]?.id ?? null;
  }

  /**
   * Makes the direct chat of two people, in nobody's list yet. Of two transactions at once the second waits for the first.
   * @returns false when the chat is there already
   */
  async insertDirect(
    tx: UnitOfWorkTx,
    chat: { id: string; directKey: string; createdBy: string; userIds: readonly string[] },
  ) {
    const rows = await tx.query<{ id: string }>(
      `INSERT INTO chats (id, kind, direct_key, created_by) VALUES ($1, 'direct', $2, $3)
       ON CONFLICT (direct_key) WHERE direct_key IS NOT NULL DO NOTHING RETURNING id`,
      [chat.id, chat.directKey, chat.createdBy],
    );
    if (rows.length === 0) return false;
    await tx.query(
      `INSERT INTO chat_members (chat_id, user_id, hidden_seq) SELECT $1, user_id, 0 FROM unnest($2::uuid[]) AS user_id`,
      [chat.id, chat.userIds],
    );
    return true;
  }

  /** Puts a hidden direct chat back into the member's list, its history with it. @returns whether it was hidden */
  async show(chatId: string, userId: string): Promise<boolean> {
    const shown = await this.database.execute(
      `UPDATE chat_members m SET hidden_seq = -1, joined_order = nextval('chat_order') FROM chats c
       WHERE c.id = m.chat_id AND m.chat_id = $1 AND m.user_id = $2 AND m.hidden_seq >= c.last_seq`,
      [chatId, userId],
    );
    return shown > 0;
  }

  /** Takes a direct chat out of the member's list until the next message; everything so far is read and not shown again. */
  async hide(tx: UnitOfWorkTx, chatId: string, userId: string): Promise<void> {
    await tx.query(
      `UPDATE chat_members m SET hidden_seq = c.last_seq, read_seq = c.last_seq, own_after_read = 0 FROM chats c
       WHERE c.id = m.chat_id AND m.chat_id = $1 AND m.user_id = $2`,
      [chatId, userId],
    );
  }

  async insertGroup(tx: UnitOfWorkTx, chat: { id: string; title: string; ownerId: string }): Promise<void> {
    await tx.query(`INSERT INTO chats (id, kind, title, created_by) VALUES ($1, 'group', $2, $3)`, [
      chat.id,
      chat.title,
      chat.ownerId,
    ]);
    await this.insertMembers(tx, chat.id, [chat.ownerId]);
    await this.giveOwnership(tx, chat.id, chat.ownerId);
  }

  /** New members start at the chat's end and find it on top of their list. @returns those who were not members before */
  async insertMembers(tx: UnitOfWorkTx, chatId: string, userIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ user_id: string }>(
      `INSERT INTO chat_members (chat_id, user_id, read_seq, joined_order)
       SELECT c.id, u.user_id, c.last_seq, nextval('chat_order') FROM chats c, unnest($2::uuid[]) AS u(user_id) WHERE c.id = $1
       ON CONFLICT DO NOTHING RETURNING user_id`,
      [chatId, userIds],
    );
    return rows.map((row) => row.user_id);
  }

  /** @returns whether the person was a member */
  async deleteMember(tx: UnitOfWorkTx, chatId: string, userId: string): Promise<boolean> {
    const rows = await tx.query<{ user_id: string }>(
      'DELETE FROM chat_members WHERE chat_id = $1 AND user_id = $2 RETURNING user_id',
      [chatId, userId],
    );
    return rows.length > 0;
  }

  /** Accounts in the chat that still exist. */
  async countMembers(tx: UnitOfWorkTx, chatId: string): Promise<number> {
    const [row] = await tx.query<{ count: number | string }>(
      `SELECT count(*) FROM chat_members m JOIN users u ON u.id = m.user_id WHERE m.chat_id = $1 AND u.deleted_at IS NULL`,
      [chatId],
    );
    return Number(row?.count ?? 0);
  }

  /** Who has been in the chat longest, people who can sign in first; null: nobody is left. */
  async longestMember(tx: UnitOfWorkTx, chatId: string): Promise<string | null> {
    const [row] = await tx.query<{ user_id: string }>(
      `SELECT m.user_id FROM chat_members m JOIN users u ON u.id = m.user_id
       WHERE m.chat_id = $1 AND u.deleted_at IS NULL
       ORDER BY u.status = 'active' DESC, m.joined_at, m.user_id LIMIT 1`,
      [chatId],
    );
    return row?.user_id ?? null;
  }

  async isMember(tx: UnitOfWorkTx, chatId: string, userId: string): Promise<boolean> {
    const rows = await tx.query('SELECT 1 FROM chat_members WHERE chat_id = $1 AND user_id = $2', [chatId, userId]);
    return rows.length > 0;
  }

  /** Exactly one member is the owner afterwards. */
  async giveOwnership(tx: UnitOfWorkTx, chatId: string, userId: string): Promise<void> {
    await tx.query(
      `UPDATE chat_members SET role = CASE WHEN user_id = $2 THEN 'owner' ELSE 'member' END
       WHERE chat_id = $1 AND (role = 'owner' OR user_id = $2)`,
      [chatId, userId],
    );
  }

  /** Counts a change of the chat as a resource. @returns the new version */
  async touch(tx: UnitOfWorkTx, chatId: string, title: string | null): Promise<number> {
    const [row] = await tx.query<{ version: number }>(
      'UPDATE chats SET version = version + 1, title = $2 WHERE id = $1 RETURNING version',
      [chatId, title],
    );
    return row?.version ?? 0;
  }

  /** Ends a group for everybody, at once whatever its size: what is left of it goes later (`EndedGroups`). */
  async endGroup(tx: UnitOfWorkTx, chatId: string): Promise<void> {
    await tx.query('DELETE FROM chat_members WHERE chat_id = $1', [chatId]);
  }

  async people(userIds: readonly string[]): Promise<UserSummary[]> {
    if (userIds.length === 0) return [];
    const rows = await this.database.query<PersonRow>(
      'SELECT id, username, full_name, avatar_version FROM users WHERE id = ANY($1::uuid[]) ORDER BY full_name, id',
      [userIds],
    );
    return rows.map(toUserSummary);
  }

  /** Ids of the chats in the user's list. */
  async listedIds(userId: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT c.id FROM chat_members m JOIN chats c ON c.id = m.chat_id WHERE m.user_id = $1 AND c.last_seq > m.hidden_seq`,
      [userId],
      { name: 'chats-listed-ids' },
    );
    return rows.map(({ id }) => id);
  }

  /** The direct chats of these people, each with the other one who has it in their list. */
  async directPeers(userIds: readonly string[]): Promise<{ chatId: string; peerId: string }[]> {
    const rows = await this.database.query<{ chat_id: string; peer_id: string }>(
      `SELECT m.chat_id, p.user_id AS peer_id FROM chat_members m JOIN chats c ON c.id = m.chat_id
       JOIN chat_members p ON p.chat_id = m.chat_id AND p.user_id <> m.user_id
       WHERE m.user_id = ANY($1::uuid[]) AND c.kind = 'direct' AND c.last_seq > p.hidden_seq`,
      [userIds],
    );
    return rows.map((row) => ({ chatId: row.chat_id, peerId: row.peer_id }));
  }

  /** Those of the chats that the user is a member of. */
  async memberOf(userId: string, chatIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ chat_id: string }>(
      'SELECT chat_id FROM chat_members WHERE user_id = $1 AND chat_id = ANY($2::uuid[])',
      [userId, chatIds],
    );
    return new Set(rows.map((row) => row.chat_id));
  }
}
