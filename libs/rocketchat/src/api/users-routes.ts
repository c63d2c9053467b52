import { z } from 'zod';
import { route } from '../http/route.js';
import { doneSchema, idSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { userSchema, userWithRoomsSchema } from '../schemas/user.js';

const changeable = {
  name: z.string().optional(),
  email: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  active: z.boolean().optional(),
  /** Replaces the whole list. */
  roles: z.array(z.string()).optional(),
  verified: z.boolean().optional(),
  requirePasswordChange: z.boolean().optional(),
  setRandomPassword: z.boolean().optional(),
  sendWelcomeEmail: z.boolean().optional(),
  statusText: z.string().optional(),
  customFields: z.record(z.string(), z.unknown()).optional(),
};
const confirmRelinquish = z.boolean().optional();
const aUser = z.looseObject({ user: userSchema });
const tokenName = z.string().min(1);

/** The routes of accounts. */
export const USERS_ROUTES = {
  info: route({
    method: 'GET',
    path: 'users.info',
    safety: 'repeat',
    request: z.union(
      (['userId', 'username', 'email', 'importId'] as const).map((name) =>
        z.object({ [name]: z.string().min(1), includeUserRooms: z.boolean().optional() }),
      ),
    ),
    answer: z.looseObject({ user: userWithRoomsSchema }),
  }),
  list: route({
    method: 'GET',
    path: 'users.list',
    safety: 'repeat',
    request: z.object(pageRequestShape),
    answer: z.looseObject({ users: z.array(userSchema), ...pageInfoShape }),
  }),
  create: route({
    method: 'POST',
    path: 'users.create',
    safety: 'once',
    request: z.object({
      ...changeable,
      name: z.string(),
      email: z.string().min(1),
      username: z.string().min(1),
      password: z.string().min(1),
      joinDefaultChannels: z.boolean().optional(),
    }),
    answer: aUser,
  }),
  update: route({
    method: 'POST',
    path: 'users.update',
    safety: 'repeat',
    request: z.object({ userId: idSchema, data: z.object(changeable), confirmRelinquish }),
    answer: aUser,
  }),
  setActive: route({
    method: 'POST',
    path: 'users.setActiveStatus',
    safety: 'repeat',
    request: z.object({ userId: idSchema, activeStatus: z.boolean(), confirmRelinquish }),
    answer: doneSchema,
  }),
  delete: route({
    method: 'POST',
    path: 'users.delete',
    safety: 'repeat',
    request: z.object({ userId: idSchema, confirmRelinquish }),
    answer: doneSchema,
  }),
  logout: route({
    method: 'POST',
    path: 'users.logout',
    safety: 'repeat',
    request: z.object({ userId: idSchema }),
    answer: doneSchema,
  }),
  createToken: route({
    method: 'POST',
    path: 'users.createToken',
    // A session more does no harm.
    safety: 'repeat',
    request: z.object({ userId: idSchema, secret: z.string().min(1) }),
    answer: z.looseObject({ data: z.looseObject({ userId: idSchema, authToken: z.string().min(1) }) }),
  }),
  setStatus: route({
    method: 'POST',
    path: 'users.setStatus',
    safety: 'repeat',
    request: z.object({
      status: z.enum(['online', 'away', 'busy', 'offline']).optional(),
      message: z.string().optional(),
      userId: idSchema.optional(),
    }),
    answer: doneSchema,
  }),
  presence: route({
    method: 'GET',
    path: 'users.getPresence',
    safety: 'repeat',
    request: z.object({ userId: idSchema }),
    answer: z.looseObject({ presence: z.string() }),
  }),
  setAvatar: route({
    method: 'POST',
    path: 'users.setAvatar',
    safety: 'repeat',
    request: z.object({ userId: idSchema, avatarUrl: z.url() }),
    answer: doneSchema,
  }),
  // Not in the contract: Rocket.Chat's public API reference has it since 0.55.
  resetAvatar: route({
    method: 'POST',
    path: 'users.resetAvatar',
    safety: 'repeat',
    request: z.object({ userId: idSchema }),
    answer: doneSchema,
  }),
  generateToken: route({
    method: 'POST',
    path: 'users.generatePersonalAccessToken',
    safety: 'once',
    request: z.object({ tokenName, bypassTwoFactor: z.boolean() }),
    answer: z.looseObject({ token: z.string().min(1) }),
  }),
  removeToken: route({
    method: 'POST',
    path: 'users.removePersonalAccessToken',
    safety: 'repeat',
    request: z.object({ tokenName }),
    answer: doneSchema,
  }),
} as const;
