import { z } from 'zod';
import {
  CHAT_TITLE_MAX,
  FORWARD_CHATS_MAX,
  FORWARD_MESSAGES_MAX,
  GROUP_MEMBERS_MAX,
  MESSAGE_MAX,
  PAGE_DEFAULT,
  PAGE_MAX,
  SEARCH_MAX,
} from './limits.js';
import { pageOf, pageQuery } from './paging.js';
import { multiLine, singleLine } from './text.js';
import { userSummary } from './users.js';

export const CHAT_KINDS = ['direct', 'group', 'channel'] as const;
export type ChatKind = (typeof CHAT_KINDS)[number];

/**
 * Positions in a chat. `seq` numbers its messages densely from 1: it is their order and their name. `rev` numbers its
 * changes (a message sent, edited or deleted) densely from 1: it tells a client exactly what it has missed.
 */
export const seq = z.int().min(0);

/** Quote shown above a reply. `body` is an excerpt, null once the source was deleted. */
export const quote = z.object({ seq, author: userSummary, body: z.string().nullable() }).meta({ id: 'Quote' });
export type Quote = z.infer<typeof quote>;

/** A message. `body` is plain text, null for a deleted message (a tombstone keeps its place). */
export const message = z
  .object({
    chatId: z.uuid(),
    seq,
    /** Change number that made the message what it is now. */
    rev: z.int(),
    /** Made by the author's client, unique per author: sending it again gives the same message. */
    clientId: z.uuid(),
    author: userSummary,
    body: z.string().nullable(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    deletedAt: z.iso.datetime().nullable(),
    replyTo: quote.nullable(),
    /** Author of the original of a forwarded message. */
    forwardedFrom: userSummary.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;

/** Last line of a chat in the list; `body` is an excerpt, null for a deleted message. */
export const messagePreview = z
  .object({
    seq,
    author: z.object({ id: z.uuid(), fullName: z.string() }),
    body: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'MessagePreview' });
export type MessagePreview = z.infer<typeof messagePreview>;

/** A chat as one member sees it; to a moderator who is not in it (`role` null) only what it is: every number is 0. */
export const chat = z
  .object({
    id: z.uuid(),
    kind: z.enum(CHAT_KINDS),
    /** Null for direct chats: show `peer`. */
    title: z.string().nullable(),
    icon: z.string().nullable(),
    /** Key of a built-in channel, e.g. `general`. */
    channelKey: z.string().nullable(),
    peer: userSummary.nullable(),
    role: z.enum(['owner', 'member']).nullable(),
    canPost: z.boolean(),
    lastSeq: seq,
    rev: z.int().min(0),
    /** My read pointer. */
    readSeq: seq,
    /** Messages by others after `readSeq` that still exist and that I may see. */
    unread: z.int().min(0),
    /** Larger is higher in my list. Moves only when somebody else posts. */
    order: z.int(),
    /** Direct chats: how far the other one has read. */
    peerReadSeq: seq.nullable(),
    lastMessage: messagePreview.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Chat' });
export type Chat = z.infer<typeof chat>;

/** Query of `GET /chats`: my chats, highest order first. */
export const chatListQuery = pageQuery.extend({
  q: z.string().trim().max(SEARCH_MAX).optional(),
});
export const chatPage = pageOf(chat, 'ChatPage');

export const chatTitle = singleLine(CHAT_TITLE_MAX);

/** Body of `POST /chats`. A direct chat with the same person is found, not made twice. */
export const createChat = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('direct'), userId: z.uuid() }),
    z.strictObject({
      kind: z.literal('group'),
      title: chatTitle,
      memberIds: z
        .array(z.uuid())
        .min(1, { error: 'empty' })
        .max(GROUP_MEMBERS_MAX - 1),
    }),
  ])
  .meta({ id: 'CreateChat' });
export type CreateChat = z.infer<typeof createChat>;

/** Body of `PATCH /chats/{id}`; needs `If-Match`. */
export const updateChat = z.strictObject({ title: chatTitle }).meta({ id: 'UpdateChat' });

export const chatMember = userSummary
  .extend({ role: z.enum(['owner', 'member']), joinedAt: z.iso.datetime() })
  .meta({ id: 'ChatMember' });
export type ChatMember = z.infer<typeof chatMember>;

/** Query of `GET /chats/{id}/members`. */
export const memberListQuery = pageQuery.extend({
  q: z.string().trim().max(SEARCH_MAX).optional(),
});
export const memberPage = pageOf(chatMember, 'ChatMemberPage')
  .extend({ total: z.int() })
  .meta({ id: 'ChatMemberPage' });
export type MemberPage = z.infer<typeof memberPage>;

/** Body of `POST /chats/{id}/members`. */
export const addMembers = z
  .strictObject({
    userIds: z.array(z.uuid()).min(1, { error: 'empty' }).max(100),
  })
  .meta({ id: 'AddMembers' });

/** Body of `PUT /chats/{id}/owner`. */
export const putChatOwner = z.strictObject({ userId: z.uuid() }).meta({ id: 'PutChatOwner' });

/** Query of `GET /chats/{id}/messages`; none of the three positions gives the newest. Items come in ascending `seq`. */
export const historyQuery = z
  .object({
    before: z.coerce.number().int().min(1).optional(),
    after: z.coerce.number().int().min(0).optional(),
    around: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  })
  .refine((v) => [v.before, v.after, v.around].filter((x) => x !== undefined).length <= 1, { error: 'one_position' });
export type HistoryQuery = z.infer<typeof historyQuery>;

export const messageHistory = z
  .object({
    items: z.array(message),
    hasBefore: z.boolean(),
    hasAfter: z.boolean(),
    lastSeq: seq,
    rev: z.int(),
  })
  .meta({ id: 'MessageHistory' });
export type MessageHistory = z.infer<typeof messageHistory>;

export const messageBody = multiLine(MESSAGE_MAX);

/** Body of `POST /chats/{id}/messages`. */
export const sendMessage = z
  .strictObject({
    clientId: z.uuid(),
    body: messageBody,
    replyTo: z.int().min(1).nullable().default(null),
  })
  .meta({ id: 'SendMessage' });
export type SendMessage = z.infer<typeof sendMessage>;

/** Body of `PATCH /chats/{id}/messages/{seq}`. */
export const editMessage = z.strictObject({ body: messageBody }).meta({ id: 'EditMessage' });

/** An earlier text of an edited message, newest first; visible to members of the chat. */
export const messageRevision = z
  .object({ body: z.string(), writtenAt: z.iso.datetime() })
  .meta({ id: 'MessageRevision' });
export const messageRevisions = z.object({ items: z.array(messageRevision) }).meta({ id: 'MessageRevisions' });

/**
 * Body of `POST /chats/{id}/forward`: copies messages of this chat to others, keeping their order. `clientId` names the whole
 * act: repeating it repeats nothing.
 */
export const forwardMessages = z
  .strictObject({
    clientId: z.uuid(),
    seqs: z.array(z.int().min(1)).min(1, { error: 'empty' }).max(FORWARD_MESSAGES_MAX),
    chatIds: z.array(z.uuid()).min(1, { error: 'empty' }).max(FORWARD_CHATS_MAX),
  })
  .meta({ id: 'ForwardMessages' });
export type ForwardMessages = z.infer<typeof forwardMessages>;
export const forwardResult = z.object({ messages: z.array(message) }).meta({ id: 'ForwardResult' });

/** Body of `POST /chats/{id}/read`: everything up to `seq` is read. The pointer never goes back. */
export const readChat = z.strictObject({ seq }).meta({ id: 'ReadChat' });
/** Body of `POST /chats/{id}/unread`: `fromSeq` is the first message to be unread again. */
export const unreadChat = z.strictObject({ fromSeq: z.int().min(1) }).meta({ id: 'UnreadChat' });

/** My numbers in one chat, true as of the chat's change `rev`. */
export const readState = z
  .object({
    chatId: z.uuid(),
    rev: z.int(),
    readSeq: seq,
    unread: z.int().min(0),
    order: z.int(),
  })
  .meta({ id: 'ReadState' });
export type ReadState = z.infer<typeof readState>;
