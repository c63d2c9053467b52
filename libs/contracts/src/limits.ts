/** Sizes that both sides must agree on. Free of zod, so that the chat view can load it without a validator. */

/** Characters (UTF-16 units) of one message after normalisation. */
export const MESSAGE_MAX = 4000;
/** The composer shows its counter when fewer characters than this are left. */
export const MESSAGE_COUNTER_FROM = 200;
export const CHAT_TITLE_MAX = 80;
export const FULL_NAME_MAX = 120;
export const USERNAME_MIN = 3;
export const USERNAME_MAX = 32;
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 128;
export const SEARCH_MAX = 100;
/** Members that one group can hold; channels have no such limit. */
export const GROUP_MEMBERS_MAX = 500;
/** Chats that one forward may reach. */
export const FORWARD_CHATS_MAX = 20;
/** Messages that one forward may carry. */
export const FORWARD_MESSAGES_MAX = 50;
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;
/** Chats that one `sync` may name. */
export const SYNC_CHATS_MAX = 50;
/** Changes that one `sync` answers per chat; a client further behind is told to reload that chat. */
export const SYNC_TAIL_MAX = 300;
/** Changes that one `sync` answers over all its chats; the chats that are furthest behind are to be reloaded beyond it. */
export const SYNC_TOTAL_MAX = 1000;
/** Users whose presence one socket may watch. */
export const PRESENCE_WATCH_MAX = 300;
/** A receiver drops "typing" after this long without news (seconds), whatever happens to the sender. */
export const TYPING_EXPIRES_S = 6;
/** A sender repeats "typing" at most this often (seconds). */
export const TYPING_REPEAT_S = 3;
/** Without activity for this long (seconds) a person is shown as away. */
export const AWAY_AFTER_S = 300;
/** Bytes of an avatar upload before it is resized. */
export const AVATAR_BYTES_MAX = 5 * 1024 * 1024;
/** Characters of the quote carried by a reply and of the last line in a list. */
export const EXCERPT_MAX = 160;
