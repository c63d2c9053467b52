import type { Chat, Message, ReadState, UserSummary, GoneReason } from '@besedka/contracts';

/**
 * What the chats module tells after a commit. For one chat the events come in the order of its changes (`rev`). The realtime module
 * turns them into socket events; payloads are public shapes.
 */
export interface ChatEvents {
  /** A message was sent; `order` is the chat's place for everybody but the author. */
  'chats.message-new': { message: Message; order: number };
  'chats.message-edited': { message: Message };
  'chats.message-deleted': { message: Message };
  /**
   * The chat appeared for this member (created, added, first message of a direct chat, channel opened by a role), or is told to them
   * again as it is now.
   */
  'chats.appeared': { userId: string; chat: Chat };
  'chats.gone': {
    userIds: string[] | 'everybody';
    chatId: string;
    reason: GoneReason;
  };
  'chats.changed': {
    chatId: string;
    title: string | null;
    version: number;
    ownerId: string | null;
  };
  'chats.members': { chatId: string; added: UserSummary[]; removed: string[] };
  /**
   * Memberships followed a change of accounts, one entry per chat. Heard by this module alone, which tells the rest in the order of
   * each chat.
   */
  'chats.memberships-followed': { changes: readonly MembershipChange[] };
  /** These people can be written to from now on, or no more: `canPost` of their direct chats is another one. */
  'chats.reach-changed': { userIds: string[] };
  /** A member's numbers changed other than by a message: read, marked unread. */
  'chats.read': {
    userId: string;
    state: ReadState;
    /** Direct chats: tell the other one. */ peerId: string | null;
  };
}

export interface MembershipChange {
  chatId: string;
  joined: string[];
  /** Who lost the chat, and why. */
  gone: string[];
  reason: 'access_lost' | 'left';
}

declare module '../../common/events/domain-events.js' {
  interface DomainEventMap extends ChatEvents {}
}
