/** What admins see of the accounts that the portal keeps in step in Rocket.Chat. */
import { z } from 'zod';
import { pageQuery } from './paging.js';
import { ROCKETCHAT_REFUSALS } from './rocketchat-refusals.js';

/**
 * How a person's account stands. `waiting`: something is still to be written; `failing`: the last try failed, it is tried again;
 * `conflict`: a foreign account has their user name or address, an admin chooses.
 */
export const ROCKETCHAT_SYNC_STATES = ['ready', 'waiting', 'failing', 'conflict'] as const;
export type RocketChatSyncState = (typeof ROCKETCHAT_SYNC_STATES)[number];

/**
 * Why a try failed, or what was left out of an account that is otherwise right (the last three). The others are kinds of failures of
 * Rocket.Chat's API; `internal` is ours.
 */
export const ROCKETCHAT_SYNC_ERRORS = [
  ...ROCKETCHAT_REFUSALS,
  'internal',
  'username_taken',
  'email_taken',
  'avatar_refused',
] as const;
export type RocketChatSyncError = (typeof ROCKETCHAT_SYNC_ERRORS)[number];

/** The foreign account that stands in the way, as far as an admin needs it to choose. */
export const rocketChatConflict = z
  .object({
    field: z.enum(['username', 'email']),
    rocketChatId: z.string(),
    username: z.string(),
    name: z.string().nullable(),
    active: z.boolean(),
    /** Roles of the account there. */
    roles: z.array(z.string()),
    /** False for admins, bots and the bridge's own account: they are never handed to anybody. */
    linkable: z.boolean(),
    /** An admin has decided that the person stays without an account. */
    refused: z.boolean(),
  })
  .meta({ id: 'RocketChatConflict' });
export type RocketChatConflict = z.infer<typeof rocketChatConflict>;

/** A person and their account there. */
export const rocketChatSyncPerson = z
  .object({
    userId: z.uuid(),
    username: z.string(),
    fullName: z.string(),
    /** Their user name there; null: there is no account yet. */
    rocketChatUsername: z.string().nullable(),
    state: z.enum(ROCKETCHAT_SYNC_STATES),
    conflict: rocketChatConflict.nullable(),
    /** `text`: route, status and code of Rocket.Chat's answer, or the name that is taken. */
    error: z.object({ code: z.enum(ROCKETCHAT_SYNC_ERRORS), text: z.string() }).nullable(),
    /** When everything was last as it shall be; null: it is not known to be. */
    syncedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RocketChatSyncPerson' });
export type RocketChatSyncPerson = z.infer<typeof rocketChatSyncPerson>;

/** Answer of `GET /admin/rocketchat/sync`: how many are in which state, and a page of people. `decided`: in conflict, and to stay without an account. */
export const rocketChatSync = z
  .object({
    counts: z.object({ ready: z.int(), waiting: z.int(), failing: z.int(), conflict: z.int(), decided: z.int() }),
    items: z.array(rocketChatSyncPerson),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'RocketChatSync' });
export type RocketChatSync = z.infer<typeof rocketChatSync>;

/** Query of the same: one state only, or all. */
export const rocketChatSyncQuery = pageQuery.extend({ state: z.enum(ROCKETCHAT_SYNC_STATES).optional() });
export type RocketChatSyncQuery = z.infer<typeof rocketChatSyncQuery>;

/**
 * What to do about a conflict. `link`: the foreign account is this person's own, named once more so that nobody links another one than
 * they saw; `rename`: they get an account under another name (`ivan_2`); `refuse`: they stay without one.
 */
export const resolveRocketChatConflict = z
  .discriminatedUnion('choice', [
    z.strictObject({ choice: z.literal('link'), rocketChatId: z.string().min(1).max(100) }),
    z.strictObject({ choice: z.literal('rename') }),
    z.strictObject({ choice: z.literal('refuse') }),
  ])
  .meta({ id: 'ResolveRocketChatConflict' });
export type ResolveRocketChatConflict = z.infer<typeof resolveRocketChatConflict>;
