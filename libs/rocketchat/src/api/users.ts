import type { z } from 'zod';
import type { AuthTokens } from '../credentials.js';
import { isRocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { ensure, type Change, type CompareOptions } from '../http/ensure.js';
import { walkPages } from '../http/paging.js';
import type { RocketChatUser, RocketChatUserWithRooms } from '../schemas/user.js';
import { USERS_ROUTES as ROUTES } from './users-routes.js';

/** One of them names a user. */
export type UserSelector = { userId: string } | { username: string } | { email: string } | { importId: string };
export type UserToCreate = z.input<(typeof ROUTES)['create']['request']>;
export type UserToUpdate = z.input<(typeof ROUTES)['update']['request']>['data'];
export type UserStatus = z.input<(typeof ROUTES)['setStatus']['request']>;

/** Accounts, as an admin handles them. */
export class UsersApi {
  constructor(private readonly caller: Caller) {}

  /** @throws {RocketChatError} `not-found` */
  async info(who: UserSelector, options?: CallOptions): Promise<RocketChatUser> {
    return (await this.caller.call(ROUTES.info, who, options)).user;
  }

  /**
   * The user with memberships, roles in rooms and **unread numbers** (permission `view-other-user-channels`; without it `rooms` is missing).
   *
   * @throws {RocketChatError} `not-found`
   */
  async infoWithRooms(who: UserSelector, options?: CallOptions): Promise<RocketChatUserWithRooms> {
    return (await this.caller.call(ROUTES.info, { ...who, includeUserRooms: true }, options)).user;
  }

  /** As `info`; undefined when there is no such user. */
  async find(who: UserSelector, options?: CallOptions): Promise<RocketChatUser | undefined> {
    try {
      return await this.info(who, options);
    } catch (error) {
      if (isRocketChatError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Everybody, page by page; e-mail addresses with `view-full-other-user-info`. */
  list(options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(ROUTES.list, page, options),
      ({ users }) => users,
    );
  }

  /**
   * Is never sent twice: after `timeout` or `unreachable` the caller looks whether the account is there.
   *
   * @throws {RocketChatError} `conflict` (`error-field-unavailable`) when user name or e-mail address are taken; `invalid`
   */
  async create(user: UserToCreate, options?: CallOptions): Promise<RocketChatUser> {
    return (await this.caller.call(ROUTES.create, user, options)).user;
  }

  /**
   * Changes the members given. `roles` replaces the whole list. Second factor.
   *
   * @throws {RocketChatError} `not-found`, `conflict`, `invalid`
   */
  async update(
    userId: string,
    data: UserToUpdate,
    { confirmRelinquish, ...options }: CallOptions & { confirmRelinquish?: boolean } = {},
  ): Promise<RocketChatUser> {
    return (await this.caller.call(ROUTES.update, { userId, data, confirmRelinquish }, options)).user;
  }

  /**
   * Enables or disables an account, unless it is so. Disabling ends all its sessions and personal tokens.
   *
   * @param options `confirmRelinquish`: also the last owner of rooms; their rooms get another owner, or are deleted
   * @throws {RocketChatError} `refused`: `user-last-owner` (`details` lists the rooms), `error-action-not-allowed` (last admin); `not-found`
   */
  async setActiveStatus(
    userId: string,
    active: boolean,
    { confirmRelinquish, compared, ...options }: CallOptions & CompareOptions & { confirmRelinquish?: boolean } = {},
  ): Promise<Change> {
    return ensure({
      compared,
      holds: async () => knownEqual((await this.info({ userId }, options)).active, active),
      write: () => this.caller.call(ROUTES.setActive, { userId, activeStatus: active, confirmRelinquish }, options),
    });
  }

  /**
   * Deletes an account, if it is there.
   *
   * @throws {RocketChatError} `refused`: last owner of a room without `confirmRelinquish`, last admin, `rocket.cat`
   */
  async delete(
    userId: string,
    { confirmRelinquish, compared, ...options }: CallOptions & CompareOptions & { confirmRelinquish?: boolean } = {},
  ): Promise<Change> {
    return ensure({
      compared,
      removes: true,
      holds: async () => (await this.find({ userId }, options)) === undefined,
      write: () => this.caller.call(ROUTES.delete, { userId, confirmRelinquish }, options),
    });
  }

  /** Ends all sessions of an account, and its personal tokens too (permission `logout-other-user`). */
  async logout(userId: string, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.logout, { userId }, options);
  }

  /**
   * Makes a session for somebody, for the sign-in by token (8.0).
   *
   * @param secret the server's `CREATE_TOKENS_FOR_USERS_SECRET`
   * @throws {RocketChatError} `forbidden` (`error-not-authorized`) when the secret differs, or without `user-generate-access-token`
   */
  async createToken(userId: string, secret: string, options?: CallOptions): Promise<AuthTokens> {
    const { data } = await this.caller.call(ROUTES.createToken, { userId, secret }, options);
    return { userId: data.userId, authToken: data.authToken };
  }

  /** Status and its text; of others with `edit-other-user-info`. The server takes five of these a minute. */
  async setStatus(status: UserStatus, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.setStatus, status, options);
  }

  /** `online`, `away`, `busy` or `offline`. */
  async presence(userId: string, options?: CallOptions): Promise<string> {
    return (await this.caller.call(ROUTES.presence, { userId }, options)).presence;
  }

  /** Has the server fetch a picture; internal addresses fall under its protection against forged requests. */
  async setAvatar(userId: string, avatarUrl: string, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.setAvatar, { userId, avatarUrl }, options);
  }

  /** Takes the picture away; the server draws initials in its place. */
  async resetAvatar(userId: string, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.resetAvatar, { userId }, options);
  }

  /**
   * A personal access token of this client's account, told once (permission `create-personal-access-tokens`, second factor).
   *
   * @throws {RocketChatError} `conflict` or `refused` when there is one of this name
   */
  async generatePersonalAccessToken(
    tokenName: string,
    { bypassTwoFactor = false, ...options }: CallOptions & { bypassTwoFactor?: boolean } = {},
  ): Promise<string> {
    return (await this.caller.call(ROUTES.generateToken, { tokenName, bypassTwoFactor }, options)).token;
  }

  /** Takes a personal access token back. */
  async removePersonalAccessToken(tokenName: string, options?: CallOptions): Promise<void> {
    await this.caller.call(ROUTES.removeToken, { tokenName }, options);
  }
}

/** Undefined when the answer does not tell. */
function knownEqual<T>(found: T | null | undefined, wanted: T): boolean | undefined {
  return found == null ? undefined : found === wanted;
}
