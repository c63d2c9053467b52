import { z } from 'zod';
import { isRocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { ensure, type Change, type CompareOptions } from '../http/ensure.js';
import { walkPages } from '../http/paging.js';
import { route } from '../http/route.js';
import { doneSchema, idSchema, nothingSchema, pageInfoShape, pageRequestShape } from '../schemas/common.js';
import { userSchema } from '../schemas/user.js';

const roleSchema = z.looseObject({
  _id: idSchema,
  name: z.string().nullish(),
  description: z.string().nullish(),
  /** `Users` (global) or `Subscriptions` (in a room). */
  scope: z.string().nullish(),
  protected: z.boolean().nullish(),
});
export type RocketChatRole = z.output<typeof roleSchema>;

const username = z.string().min(1);
const roomId = idSchema.optional();

const ROUTES = {
  list: route({
    method: 'GET',
    path: 'roles.list',
    safety: 'repeat',
    request: nothingSchema,
    answer: z.looseObject({ roles: z.array(roleSchema) }),
  }),
  add: route({
    method: 'POST',
    path: 'roles.addUserToRole',
    safety: 'repeat',
    request: z.object({ username, roleId: idSchema, roomId }),
    answer: doneSchema,
  }),
  remove: route({
    method: 'POST',
    path: 'roles.removeUserFromRole',
    safety: 'repeat',
    request: z.object({ username, roleId: idSchema, scope: idSchema.optional() }),
    answer: doneSchema,
  }),
  users: route({
    method: 'GET',
    path: 'roles.getUsersInRole',
    safety: 'repeat',
    request: z.object({ role: idSchema, roomId, ...pageRequestShape }),
    answer: z.looseObject({ users: z.array(userSchema), ...pageInfoShape }),
  }),
  me: route({
    method: 'GET',
    path: 'users.info',
    safety: 'repeat',
    request: z.object({ username }),
    answer: z.looseObject({ user: userSchema }),
  }),
};

/**
 * Global roles. Without a licence only the built-in ones exist: `admin`, `user`, `bot`, `guest` … The roles `owner`, `moderator` and
 * `leader` belong to a room (`scope: Subscriptions`): `channels.addModerator` and its like give them.
 */
export class RolesApi {
  constructor(private readonly caller: Caller) {}

  async list(options?: CallOptions): Promise<RocketChatRole[]> {
    return (await this.caller.call(ROUTES.list, {}, options)).roles;
  }

  /** Who has a role, page by page. */
  usersInRole(role: string, options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(ROUTES.users, { role, ...page }, options),
      ({ users }) => users,
    );
  }

  /**
   * Gives somebody a global role, unless it is there (permission `access-permissions`).
   *
   * @throws {RocketChatError} `not-found`: user or role (`error-role-not-found`)
   */
  addUser(
    { username: name, roleId }: { username: string; roleId: string },
    { compared, ...options }: CallOptions & CompareOptions = {},
  ): Promise<Change> {
    return ensure({
      compared,
      holds: () => this.has(name, roleId, options),
      write: () => this.caller.call(ROUTES.add, { username: name, roleId }, options),
    });
  }

  /**
   * Takes a global role away, if it is there.
   *
   * @throws {RocketChatError} `refused` (`error-admin-required`) for the last admin; `not-found`
   */
  removeUser(
    { username: name, roleId }: { username: string; roleId: string },
    { compared, ...options }: CallOptions & CompareOptions = {},
  ): Promise<Change> {
    return ensure({
      compared,
      holds: async () => {
        const has = await this.has(name, roleId, options);
        return has === undefined ? undefined : !has;
      },
      write: () => this.caller.call(ROUTES.remove, { username: name, roleId }, options),
    });
  }

  private async has(name: string, roleId: string, options: CallOptions): Promise<boolean | undefined> {
    try {
      const { user } = await this.caller.call(ROUTES.me, { username: name }, options);
      return user.roles?.includes(roleId);
    } catch (error) {
      // The write tells of a missing user in its own words.
      if (isRocketChatError(error, 'not-found')) return undefined;
      throw error;
    }
  }
}
