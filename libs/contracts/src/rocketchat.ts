/** What the web app and admins exchange with the portal about an embedded Rocket.Chat. Its own shapes stay in `libs/rocketchat`. */
import { z } from 'zod';
import { ROCKETCHAT_CAUSE_NAMES, type RocketChatCause } from './rocketchat-causes.js';

/** Who carries the messages: our own engine, or the configured Rocket.Chat. */
export const CHAT_ENGINES = ['built-in', 'rocketchat'] as const;
export type ChatEngine = (typeof CHAT_ENGINES)[number];

/** How people are signed in to Rocket.Chat: its custom OAuth provider, or its iframe authentication (contract, "Decisions"). */
export const ROCKETCHAT_MODES = ['oauth', 'iframe-token'] as const;
export type RocketChatSignInMode = (typeof ROCKETCHAT_MODES)[number];

/** Where the numbers in the list come from; `none`: Rocket.Chat cannot be asked at the moment, the last known ones are shown. */
export const UNREAD_SOURCES = ['change-stream', 'rest', 'none'] as const;
export type UnreadSource = (typeof UNREAD_SOURCES)[number];

/** A room of Rocket.Chat as one member sees it in our list. Numbers are Rocket.Chat's own. */
export const rocketChatRoom = z
  .object({
    /** Rocket.Chat's `rid`. */
    id: z.string(),
    kind: z.enum(['channel', 'group', 'direct']),
    /** Key of the built-in channel that this room is, e.g. `general`. */
    channelKey: z.string().nullable(),
    title: z.string(),
    icon: z.string().nullable(),
    /** Path inside Rocket.Chat for its `go` command, e.g. `/channel/general`. */
    path: z.string(),
    unread: z.int().min(0),
    mentions: z.int().min(0),
    /** Larger is higher in my list. Moves only when somebody else posts. */
    order: z.int(),
    /** When somebody last posted; null: never. */
    lastMessageAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RocketChatRoom' });
export type RocketChatRoom = z.infer<typeof rocketChatRoom>;

/** Answer of `GET /rocketchat/rooms`: all of my rooms, built-in channels in their order first, then by `order`, highest first. */
export const rocketChatRooms = z
  .object({ source: z.enum(UNREAD_SOURCES), items: z.array(rocketChatRoom) })
  .meta({ id: 'RocketChatRooms' });
export type RocketChatRooms = z.infer<typeof rocketChatRooms>;

/** Body of `POST /rocketchat/wake`: the frame has told that my numbers changed, perhaps in which room. */
export const rocketChatWake = z.object({ roomId: z.string().max(100).optional() }).meta({ id: 'RocketChatWake' });
export type RocketChatWake = z.infer<typeof rocketChatWake>;

/** What is read of the body of Rocket.Chat's outgoing webhook (contract 9): where and by whom a message was posted, never its text. */
export const rocketChatWebhook = z
  .object({
    token: z.string().max(200),
    channel_id: z.string().max(100).optional(),
    user_id: z.string().max(100).optional(),
    isEdited: z.boolean().optional(),
  })
  .meta({ id: 'RocketChatWebhook' });
export type RocketChatWebhook = z.infer<typeof rocketChatWebhook>;

/** My numbers in one room of Rocket.Chat, sent as `unread` like those of the built-in engine. */
export interface RocketChatUnread {
  /** Rocket.Chat's `rid`. */
  chatId: string;
  engine: 'rocketchat';
  unread: number;
  mentions: number;
  order: number;
}

/** Whether the person's account in Rocket.Chat is there. `conflict`: their user name belongs to a foreign account (admins choose). */
export const ROCKETCHAT_ACCOUNT_STATES = ['ready', 'waiting', 'conflict'] as const;
export type RocketChatAccountState = (typeof ROCKETCHAT_ACCOUNT_STATES)[number];

/** Answer of `GET /rocketchat/embed`: what the chat view needs to open the frame. */
export const rocketChatEmbed = z
  .object({
    /** Rocket.Chat as browsers reach it, without a slash at the end. */
    url: z.string(),
    /** Its origin: commands are sent to it, events are believed from it only. */
    origin: z.string(),
    mode: z.enum(ROCKETCHAT_MODES),
    /** Service name of our OAuth provider there. */
    service: z.string(),
    /** Portal and Rocket.Chat are under one site (scheme and registrable domain): storage and cookies work in the frame. */
    sameSite: z.boolean(),
    account: z.enum(ROCKETCHAT_ACCOUNT_STATES),
    /**
     * False: in this browser somebody else was signed in to Rocket.Chat through the portal, and that server has not confirmed yet that it is
     * over. Nothing of the frame may be loaded or shown; ask again after a moment, each question tries anew.
     */
    clean: z.boolean(),
  })
  .meta({ id: 'RocketChatEmbed' });
export type RocketChatEmbed = z.infer<typeof rocketChatEmbed>;

/** Answer of `POST /chat/api/auth/` to Rocket.Chat's own page, in the shape that its iframe authentication reads (contract 6). */
export const rocketChatLoginToken = z.object({ loginToken: z.string() }).meta({ id: 'RocketChatLoginToken' });
export type RocketChatLoginToken = z.infer<typeof rocketChatLoginToken>;

/** What mends a cause: a command that the page can run for an admin, something in the browser, or only words. */
export const ROCKETCHAT_REMEDIES = ['apply', 'reload', 'open-directly', 'sign-in', 'none'] as const;
export type RocketChatRemedy = (typeof ROCKETCHAT_REMEDIES)[number];

/** Something that is wrong. `facts` are safe short texts for the sentence (an address, a version, a header's value), never a secret. */
export const rocketChatFinding = z
  .object({
    cause: z.enum(ROCKETCHAT_CAUSE_NAMES as [RocketChatCause, ...RocketChatCause[]]),
    remedy: z.enum(ROCKETCHAT_REMEDIES),
    facts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'RocketChatFinding' });
export type RocketChatFinding = z.infer<typeof rocketChatFinding>;

/** Answer of `GET /rocketchat/checks`: found by the server, the first cause first; none when all is well as far as it can see. */
export const rocketChatChecks = z
  .object({ version: z.string().nullable(), findings: z.array(rocketChatFinding), checkedAt: z.iso.datetime() })
  .meta({ id: 'RocketChatChecks' });
export type RocketChatChecks = z.infer<typeof rocketChatChecks>;
