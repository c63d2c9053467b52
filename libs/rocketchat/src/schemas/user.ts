import { z } from 'zod';
import { idSchema, momentSchema } from './common.js';

/** A membership as `users.info` with `includeUserRooms` gives it. */
export const userRoomSchema = z.looseObject({
  rid: idSchema,
  name: z.string().nullish(),
  /** `c` channel, `p` private group, `d` direct. */
  t: z.string(),
  /** Roles in this room: `owner`, `moderator`, `leader`. */
  roles: z
    .array(z.string())
    .nullish()
    .transform((roles) => roles ?? []),
  unread: z.number().nullish(),
});
export type UserRoom = z.output<typeof userRoomSchema>;

/** A user, with the members that matter to a bridge. Which ones are there depends on the route and on permissions. */
export const userSchema = z.looseObject({
  _id: idSchema,
  username: z.string().nullish(),
  name: z.string().nullish(),
  active: z.boolean().nullish(),
  type: z.string().nullish(),
  /** Global roles. */
  roles: z.array(z.string()).nullish(),
  emails: z.array(z.looseObject({ address: z.string(), verified: z.boolean().nullish() })).nullish(),
  status: z.string().nullish(),
  statusText: z.string().nullish(),
  lastLogin: momentSchema.nullish(),
  avatarETag: z.string().nullish(),
  customFields: z.record(z.string(), z.unknown()).nullish(),
});
export type RocketChatUser = z.output<typeof userSchema>;

export const userWithRoomsSchema = userSchema.extend({ rooms: z.array(userRoomSchema).nullish() });
export type RocketChatUserWithRooms = z.output<typeof userWithRoomsSchema>;

/** A user as members and mentions name one. */
export const userNameSchema = z.looseObject({
  _id: idSchema,
  username: z.string().nullish(),
  name: z.string().nullish(),
});
export type RocketChatUserName = z.output<typeof userNameSchema>;
