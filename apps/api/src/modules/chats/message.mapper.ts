import { excerpt, type Message } from '@besedka/contracts';
import { type PersonRow, toUserSummary } from './chat.mapper.js';

/** Columns of a message `x` with its author, the author of its original, and the message it answers; see `MESSAGE_JOINS`. */
export const MESSAGE_COLUMNS = `
  x.chat_id, x.seq, x.rev, x.client_id, x.body, x.created_at, x.edited_at, x.deleted_at,
  a.id AS author_id, a.username AS author_username, a.full_name AS author_full_name, a.avatar_version AS author_avatar,
  f.id AS origin_id, f.username AS origin_username, f.full_name AS origin_full_name, f.avatar_version AS origin_avatar,
  q.seq AS quote_seq, q.body AS quote_body,
  qa.id AS quoted_id, qa.username AS quoted_username, qa.full_name AS quoted_full_name, qa.avatar_version AS quoted_avatar`;

export const MESSAGE_JOINS = `
JOIN users a ON a.id = x.author_id
LEFT JOIN users f ON f.id = x.forward_author
LEFT JOIN messages q ON q.chat_id = x.chat_id AND q.seq = x.reply_seq
LEFT JOIN users qa ON qa.id = q.author_id`;

/** People that a message row names; the origin's columns are null unless it was forwarded. */
export interface MessagePeopleRow {
  author_id: string;
  author_username: string;
  author_full_name: string;
  author_avatar: number;
  origin_id: string | null;
  origin_username: string;
  origin_full_name: string;
  origin_avatar: number;
}

export interface MessageRow extends MessagePeopleRow {
  chat_id: string;
  seq: number;
  rev: number;
  client_id: string;
  body: string | null;
  created_at: Date;
  edited_at: Date | null;
  deleted_at: Date | null;
  /** Null: not a reply. */
  quote_seq: number | null;
  quote_body: string | null;
  quoted_id: string;
  quoted_username: string;
  quoted_full_name: string;
  quoted_avatar: number;
}

const person = (id: string, username: string, full_name: string, avatar_version: number): PersonRow => ({
  id,
  username,
  full_name,
  avatar_version,
});

export function authorOf(row: MessagePeopleRow): Message['author'] {
  return toUserSummary(person(row.author_id, row.author_username, row.author_full_name, row.author_avatar));
}

export function originOf(row: MessagePeopleRow): Message['forwardedFrom'] {
  if (row.origin_id === null) return null;
  return toUserSummary(person(row.origin_id, row.origin_username, row.origin_full_name, row.origin_avatar));
}

export function toMessage(row: MessageRow): Message {
  return {
    chatId: row.chat_id,
    seq: row.seq,
    rev: row.rev,
    clientId: row.client_id,
    author: authorOf(row),
    body: row.body,
    createdAt: row.created_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
    replyTo:
      row.quote_seq === null
        ? null
        : {
            seq: row.quote_seq,
            author: toUserSummary(person(row.quoted_id, row.quoted_username, row.quoted_full_name, row.quoted_avatar)),
            body: row.quote_body === null ? null : excerpt(row.quote_body),
          },
    forwardedFrom: originOf(row),
  };
}
