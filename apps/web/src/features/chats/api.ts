import type {
  Chat,
  ChatMember,
  CreateChat,
  ForwardMessages,
  MemberPage,
  Message,
  MessageHistory,
} from '@besedka/contracts/chats';
import type { Page } from '@besedka/contracts/paging';
import type { UserSummary } from '@besedka/contracts/users';
import { http } from '../../shared/api/client';

/** Where in the history a page lies; none of the positions gives the newest. */
export interface HistoryPosition {
  before?: number;
  after?: number;
  around?: number;
  limit?: number;
}

export interface Revision {
  body: string;
  writtenAt: string;
}

/** The chat part of the HTTP API; what changes often goes through the socket instead. */
export const chatsApi = {
  history: (chatId: string, position: HistoryPosition): Promise<MessageHistory> =>
    http.get(`chats/${chatId}/messages`, { query: { ...position } }),
  create: (body: CreateChat): Promise<Chat> => http.post('chats', body),
  /** Needs the version that was edited; answers 412 with the current chat when somebody was faster. */
  rename: (chatId: string, title: string, version: number): Promise<Chat> =>
    http.patch(`chats/${chatId}`, { title }, { version }),
  /** A group: deleted for everybody. A direct chat: removed from my list. */
  remove: (chatId: string): Promise<void> => http.delete(`chats/${chatId}`),
  members: (chatId: string, query: { cursor?: string | null; q?: string; limit?: number } = {}): Promise<MemberPage> =>
    http.get(`chats/${chatId}/members`, { query }),
  addMembers: (chatId: string, userIds: string[]): Promise<unknown> =>
    http.post(`chats/${chatId}/members`, { userIds }),
  leave: (chatId: string): Promise<void> => http.post(`chats/${chatId}/leave`),
  /** Takes somebody out of a group. */
  removeMember: (chatId: string, userId: string): Promise<void> => http.delete(`chats/${chatId}/members/${userId}`),
  handOver: (chatId: string, userId: string): Promise<unknown> => http.put(`chats/${chatId}/owner`, { userId }),
  forward: (chatId: string, body: ForwardMessages): Promise<{ messages: Message[] }> =>
    http.post(`chats/${chatId}/forward`, body),
  markUnread: (chatId: string, fromSeq: number): Promise<unknown> => http.post(`chats/${chatId}/unread`, { fromSeq }),
  revisions: (chatId: string, seq: number): Promise<{ items: Revision[] }> =>
    http.get(`chats/${chatId}/messages/${seq}/revisions`),
  directory: (
    query: { q?: string; cursor?: string | null; limit?: number },
    signal?: AbortSignal,
  ): Promise<Page<UserSummary>> => http.get('directory', { query, signal }),
};

export type { ChatMember };
