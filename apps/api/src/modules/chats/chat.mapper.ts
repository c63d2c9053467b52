import { type Chat, type ChatKind, excerpt, type ReadState, type UserSummary } from '@besedka/contracts';
import { avatarUrl } from '../users/avatar-url.js';

/** A person as the chat statements select them. */
export interface PersonRow {
  id: string;
  username: string;
  full_name: string;
  avatar_version: number;
}

export function toUserSummary(row: PersonRow): UserSummary {
  return {
    id: row.id,
    username: row.username,
    fullName: row.full_name,
    avatarUrl: avatarUrl(row.id, row.avatar_version),
  };
}

/** A row of `CHAT_OF_MEMBER` (chat-list.query.ts): a chat as one member sees it. */
export interface ChatRow {
  member_id: string;
  id: string;
  kind: ChatKind;
  title: string | null;
  icon: string | null;
  channel_key: string | null;
  version: number;
  last_seq: number;
  last_rev: number;
  role: 'owner' | 'member';
  read_seq: number;
  list_order: number | string;
  unread: number | string;
  /** Null: not a direct chat. The other columns of the peer are then null as well. */
  peer_id: string | null;
  peer_username: string;
  peer_full_name: string;
  peer_avatar_version: number;
  peer_reachable: boolean;
  peer_read_seq: number;
  /** Null: no message, or none that the member sees. */
  last_author_id: string | null;
  last_author_name: string;
  last_body: string | null;
  last_created_at: Date;
}

export function toChat(row: ChatRow): Chat {
  const peer =
    row.peer_id === null
      ? null
      : toUserSummary({
          id: row.peer_id,
          username: row.peer_username,
          full_name: row.peer_full_name,
          avatar_version: row.peer_avatar_version,
        });
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    icon: row.icon,
    channelKey: row.channel_key,
    peer,
    role: row.role,
    canPost: row.kind !== 'direct' || (peer !== null && row.peer_reachable),
    lastSeq: row.last_seq,
    rev: row.last_rev,
    readSeq: row.read_seq,
    unread: Number(row.unread),
    order: Number(row.list_order),
    peerReadSeq: peer === null ? null : row.peer_read_seq,
    lastMessage:
      row.last_author_id === null
        ? null
        : {
            seq: row.last_seq,
            author: { id: row.last_author_id, fullName: row.last_author_name },
            body: row.last_body === null ? null : excerpt(row.last_body),
            createdAt: row.last_created_at.toISOString(),
          },
    version: row.version,
  };
}

/** A group as it is told to a moderator who is not in it: its name, and nothing of what is written there. */
export function toGroupFromOutside(group: { id: string; title: string | null; version: number }): Chat {
  return {
    id: group.id,
    kind: 'group',
    title: group.title,
    icon: null,
    channelKey: null,
    peer: null,
    role: null,
    canPost: false,
    lastSeq: 0,
    rev: 0,
    readSeq: 0,
    unread: 0,
    order: 0,
    peerReadSeq: null,
    lastMessage: null,
    version: group.version,
  };
}

export interface ReadStateRow {
  last_rev: number;
  read_seq: number;
  unread: number | string;
  list_order: number | string;
  peer_id: string | null;
}

export function toReadState(chatId: string, row: ReadStateRow): ReadState {
  return {
    chatId,
    rev: row.last_rev,
    readSeq: row.read_seq,
    unread: Number(row.unread),
    order: Number(row.list_order),
  };
}
