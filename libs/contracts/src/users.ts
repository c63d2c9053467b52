import { z } from 'zod';
import { EMAIL_MAX, FULL_NAME_MAX, PASSWORD_MAX, SEARCH_MAX, USERNAME_MAX, USERNAME_MIN } from './limits.js';
import { PERMISSION_NAMES, GROUPS, type Permission } from './permissions.js';
import { pageOf, pageQuery } from './paging.js';
import { CHAT_ENGINES } from './rocketchat.js';
import { singleLine } from './text.js';

export const LOCALES = ['ru', 'en'] as const;
export type Locale = (typeof LOCALES)[number];
export const localeSchema = z.enum(LOCALES);
export const themeSchema = z.enum(['system', 'light', 'dark']);
export type Theme = z.infer<typeof themeSchema>;

export const USER_STATUSES = ['invited', 'active', 'disabled'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];
export const userStatus = z.enum(USER_STATUSES);

/** Sign-in name: lower-case Latin letters, digits, `.`, `_`, `-`; starts with a letter or digit. Stored as given, which is lower case. */
export const username = z
  .string()
  .trim()
  .toLowerCase()
  .min(USERNAME_MIN, { error: 'too_short' })
  .max(USERNAME_MAX, { error: 'too_long' })
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: 'bad_username' });

export const fullName = singleLine(FULL_NAME_MAX);

/** E-mail address; compared without regard to case, kept as typed. */
export const email = z
  .string()
  .trim()
  .max(EMAIL_MAX, { error: 'too_long' })
  .pipe(z.email({ error: 'bad_email' }));

/** What everybody may know of everybody. `avatarUrl` is a path on this server. */
export const userSummary = z
  .object({
    id: z.uuid(),
    username: z.string(),
    fullName: z.string(),
    avatarUrl: z.string().nullable(),
  })
  .meta({ id: 'UserSummary' });
export type UserSummary = z.infer<typeof userSummary>;

/** What those with `users:read` see. */
export const user = userSummary
  .extend({
    email: z.string().nullable(),
    locale: localeSchema,
    status: userStatus,
    roles: z.array(z.string()),
    /** Optimistic lock, also the `ETag` of the single resource. */
    version: z.int(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime().nullable(),
    /** Whether the asking person may edit this account. */
    editable: z.boolean(),
    /** Set while failed sign-ins are delayed for this account; an admin can lift it. */
    signInDelayedUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;

/** The signed-in person. */
export const me = userSummary
  .extend({
    email: z.string().nullable(),
    locale: localeSchema,
    theme: themeSchema,
    /** Enter sends (true) or breaks the line (false). */
    enterSends: z.boolean(),
    roles: z.array(z.string()),
    groups: z.array(z.enum(GROUPS)),
    level: z.int(),
    permissions: z.array(z.enum(PERMISSION_NAMES as [Permission, ...Permission[]])),
    sessionId: z.uuid(),
    version: z.int(),
    /** Who carries the chats here. */
    chatEngine: z.enum(CHAT_ENGINES),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

/** Body of `PATCH /users/me`. */
export const updateMe = z
  .strictObject({
    fullName,
    locale: localeSchema,
    theme: themeSchema,
    enterSends: z.boolean(),
  })
  .partial()
  .meta({ id: 'UpdateMe' });
export type UpdateMe = z.infer<typeof updateMe>;

/** Body of `PUT /users/me/email`: links to a new password go to this address, so it asks for the current one. */
export const changeEmailRequest = z
  .strictObject({ email, currentPassword: z.string().min(1, { error: 'empty' }).max(PASSWORD_MAX) })
  .meta({ id: 'ChangeEmailRequest' });

export const USER_SORTS = ['fullName', 'username', 'createdAt', 'lastSeenAt'] as const;

/** Query of `GET /users`: search in name, user name and e-mail; filters combine with "and". */
export const userListQuery = pageQuery.extend({
  q: z.string().trim().max(SEARCH_MAX).optional(),
  role: z.string().max(40).optional(),
  status: userStatus.optional(),
  sort: z.enum(USER_SORTS).default('fullName'),
  direction: z.enum(['asc', 'desc']).default('asc'),
});
export type UserListQuery = z.infer<typeof userListQuery>;
export const userPage = pageOf(user, 'UserPage');

/** Query of `GET /directory`: people one may talk to. */
export const directoryQuery = pageQuery.extend({
  q: z.string().trim().max(SEARCH_MAX).optional(),
});
export const userSummaryPage = pageOf(userSummary, 'UserSummaryPage');

const roleKeys = z.array(z.string().min(1).max(40)).min(1, { error: 'empty' }).max(10);

/** Body of `POST /users`: with `password` the account is active at once, with `invite` an activation link is mailed. */
export const createUser = z
  .strictObject({
    username,
    fullName,
    email: email.nullable().default(null),
    locale: localeSchema.default('ru'),
    roles: roleKeys.default(['user']),
    password: z.string().min(10, { error: 'too_short' }).max(128, { error: 'too_long' }).optional(),
    invite: z.boolean().default(false),
  })
  .refine((v) => v.invite || v.password !== undefined, {
    error: 'password_or_invite',
    path: ['password'],
  })
  .refine((v) => !v.invite || v.email !== null, {
    error: 'email_needed',
    path: ['email'],
  })
  .meta({ id: 'CreateUser' });
export type CreateUser = z.infer<typeof createUser>;

/** Body of `PUT /users/{id}` (whole) and, partially, `PATCH /users/{id}`. Needs `If-Match`. */
const userFields = z.strictObject({
  username,
  fullName,
  email: email.nullable(),
  locale: localeSchema,
  roles: roleKeys,
  status: userStatus.exclude(['invited']).optional(),
});
export const putUser = userFields.meta({ id: 'PutUser' });
export type PutUser = z.infer<typeof putUser>;
export const patchUser = userFields.partial().meta({ id: 'PatchUser' });
export type PatchUser = z.infer<typeof patchUser>;

/** Answer to an invitation: the link is given only where no mail can be sent by SMTP. */
export const invitation = z
  .object({
    userId: z.uuid(),
    expiresAt: z.iso.datetime(),
    mailed: z.boolean(),
  })
  .meta({ id: 'Invitation' });

/** Body of `POST /roles/owner/handover`: the caller confirms with the password and becomes `moderator`. */
export const handover = z
  .strictObject({ userId: z.uuid().toLowerCase(), password: z.string().min(1).max(128) })
  .meta({ id: 'Handover' });

/** A role as stored. */
export const role = z
  .object({
    key: z.string(),
    title: z.string(),
    builtIn: z.boolean(),
    level: z.int(),
    groups: z.array(z.enum(GROUPS)),
    permissions: z.array(z.enum(PERMISSION_NAMES as [Permission, ...Permission[]])),
    manages: z.array(z.string()),
    version: z.int(),
    /** Whether the asking person may give this role to somebody. */
    assignable: z.boolean(),
  })
  .meta({ id: 'Role' });
export type Role = z.infer<typeof role>;
export const roleList = z.object({ items: z.array(role) }).meta({ id: 'RoleList' });

const roleFields = z.strictObject({
  title: singleLine(60),
  level: z.int().min(1).max(99),
  groups: z.array(z.enum(GROUPS)).max(3),
  permissions: z.array(z.enum(PERMISSION_NAMES as [Permission, ...Permission[]])),
  manages: z.array(z.string().max(40)).max(20),
});
export const createRole = roleFields
  .extend({
    key: z.string().regex(/^[a-z][a-z0-9_]{1,38}$/, { error: 'bad_role_key' }),
  })
  .meta({ id: 'CreateRole' });
export type CreateRole = z.infer<typeof createRole>;
export const putRole = roleFields.meta({ id: 'PutRole' });
export type PutRole = z.infer<typeof putRole>;
