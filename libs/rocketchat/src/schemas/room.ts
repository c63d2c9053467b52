import { z } from 'zod';
import { idSchema, momentSchema } from './common.js';
import { userNameSchema } from './user.js';

/** A room. `fname` is the title as it was typed, `name` its slug; a direct room has neither. */
export const roomSchema = z.looseObject({
  _id: idSchema,
  /** `c` channel, `p` private group, `d` direct. */
  t: z.string(),
  name: z.string().nullish(),
  fname: z.string().nullish(),
  topic: z.string().nullish(),
  description: z.string().nullish(),
  announcement: z.string().nullish(),
  ro: z.boolean().nullish(),
  default: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  usersCount: z.number().nullish(),
  msgs: z.number().nullish(),
  u: userNameSchema.nullish(),
  usernames: z.array(z.string()).nullish(),
  lm: momentSchema.nullish(),
  ts: momentSchema.nullish(),
  _updatedAt: momentSchema.nullish(),
});
export type RocketChatRoom = z.output<typeof roomSchema>;

/** The roles of one member in one room. */
export const roomRolesSchema = z.looseObject({
  rid: idSchema,
  u: z.looseObject({ _id: idSchema, username: z.string().nullish() }),
  roles: z.array(z.string()),
});
export type RoomRoles = z.output<typeof roomRolesSchema>;

const list = z
  .array(z.string())
  .nullish()
  .transform((ids) => ids ?? []);

/** What one user has to do with one room; the unread numbers are here. */
export const subscriptionSchema = z.looseObject({
  _id: idSchema,
  rid: idSchema,
  t: z.string(),
  u: userNameSchema.nullish(),
  name: z.string().nullish(),
  fname: z.string().nullish(),
  open: z.boolean().nullish(),
  alert: z.boolean().nullish(),
  unread: z
    .number()
    .nullish()
    .transform((unread) => unread ?? 0),
  userMentions: z.number().nullish(),
  groupMentions: z.number().nullish(),
  tunread: list,
  roles: list,
  hideUnreadStatus: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  ls: momentSchema.nullish(),
  _updatedAt: momentSchema.nullish(),
});
export type RocketChatSubscription = z.output<typeof subscriptionSchema>;

/** Something that is no longer there, in answers of the shape `{update, remove}`. */
export const removedSchema = z.looseObject({ _id: idSchema, _deletedAt: momentSchema.nullish() });

/** A message. */
export const messageSchema = z.looseObject({
  _id: idSchema,
  rid: idSchema,
  msg: z.string().nullish(),
  u: userNameSchema.nullish(),
  ts: momentSchema.nullish(),
  editedAt: momentSchema.nullish(),
  t: z.string().nullish(),
  tmid: z.string().nullish(),
});
export type RocketChatMessage = z.output<typeof messageSchema>;
