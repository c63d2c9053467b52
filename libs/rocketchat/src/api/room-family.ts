import type { z } from 'zod';
import { isRocketChatError } from '../errors.js';
import type { CallOptions, Caller } from '../http/caller.js';
import { ensure, type Change, type CompareOptions } from '../http/ensure.js';
import { walkPages } from '../http/paging.js';
import type { RocketChatRoom, RoomRoles } from '../schemas/room.js';
import type { RocketChatUserName } from '../schemas/user.js';
import { roomFamilyRoutes, type RoomFamilyRoutes } from './room-family-routes.js';
import { RoomsApi } from './rooms.js';
import { USERS_ROUTES } from './users-routes.js';

export type RoomSelector = { roomId: string } | { roomName: string };
export type RoomToCreate = z.input<RoomFamilyRoutes['create']['request']>;
/** A member of a room, by their ids. */
export interface RoomMember {
  readonly roomId: string;
  readonly userId: string;
}
export type MemberOptions = CallOptions & CompareOptions;

type RoomRole = 'moderator' | 'owner' | 'leader';
type WishedRoom = Pick<RocketChatRoom, 'topic' | 'description' | 'announcement' | 'ro' | 'default' | 'archived'>;

/**
 * What channels and private groups have in common. Methods that name a state read it first and write only when it differs: the server
 * answers unchanged values with errors, or with a message of the system in the room.
 *
 * **A private group that the caller may not see is `not-found`**, also for admins; `rooms.adminRooms` sees all.
 */
export class RoomFamilyApi {
  protected readonly routes: RoomFamilyRoutes;
  private readonly rooms: RoomsApi;

  constructor(
    protected readonly caller: Caller,
    prefix: 'channels' | 'groups',
  ) {
    this.routes = roomFamilyRoutes(prefix);
    this.rooms = new RoomsApi(caller);
  }

  /** @throws {RocketChatError} `not-found` */
  info(room: RoomSelector, options?: CallOptions): Promise<RocketChatRoom> {
    return this.caller.call(this.routes.info, room, options);
  }

  /** As `info`; undefined when it is not there, or not visible. */
  async find(room: RoomSelector, options?: CallOptions): Promise<RocketChatRoom | undefined> {
    try {
      return await this.info(room, options);
    } catch (error) {
      if (isRocketChatError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /**
   * Makes a room; the caller becomes its owner. Keep its id: with `UI_Allow_room_names_with_special_chars` the name is made by the server,
   * and another title with the same slug silently becomes `slug-1`. Is never sent twice.
   *
   * @throws {RocketChatError} `conflict` (`error-duplicate-channel-name`, `error-archived-duplicate-name`), `invalid`
   *   (`error-invalid-room-name`), `forbidden`
   */
  create(room: RoomToCreate, options?: CallOptions): Promise<RocketChatRoom> {
    return this.caller.call(this.routes.create, room, options);
  }

  /** Page by page. */
  members(roomId: string, options?: CallOptions) {
    return walkPages(
      (page) => this.caller.call(this.routes.members, { roomId, ...page }, options),
      ({ members }) => members,
    );
  }

  /** Who has a role in this room; members without one are missing. */
  async roles(roomId: string, options?: CallOptions): Promise<RoomRoles[]> {
    return (await this.caller.call(this.routes.roles, { roomId }, options)).roles;
  }

  async moderators(roomId: string, options?: CallOptions): Promise<RocketChatUserName[]> {
    return (await this.caller.call(this.routes.moderators, { roomId }, options)).moderators;
  }

  /**
   * Makes somebody a member, unless they are. The membership begins with one unread mention.
   *
   * @throws {RocketChatError} `forbidden` (`error-not-allowed`): into foreign private groups nobody may invite by default, admins included
   */
  invite(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.member(member, options, 'invite', (roles) => roles !== undefined);
  }

  /**
   * Ends a membership, if there is one.
   *
   * @throws {RocketChatError} `refused` (`error-you-are-last-owner`)
   */
  kick(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.member(member, options, 'kick', (roles) => roles === undefined, ['error-user-not-in-room']);
  }

  /** @throws {RocketChatError} `conflict` (`error-user-not-in-room`) for somebody who is no member, here and in the five below */
  addModerator(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.addRole(member, options, 'addModerator', 'moderator');
  }

  removeModerator(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.removeRole(member, options, 'removeModerator', 'moderator');
  }

  addOwner(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.addRole(member, options, 'addOwner', 'owner');
  }

  /** @throws {RocketChatError} `refused` for the last owner */
  removeOwner(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.removeRole(member, options, 'removeOwner', 'owner');
  }

  addLeader(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.addRole(member, options, 'addLeader', 'leader');
  }

  removeLeader(member: RoomMember, options: MemberOptions = {}): Promise<Change> {
    return this.removeRole(member, options, 'removeLeader', 'leader');
  }

  setTopic(roomId: string, topic: string, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.setTopic, { roomId, topic }, options);
    return this.room(roomId, { topic }, options, write);
  }

  setDescription(roomId: string, description: string, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.setDescription, { roomId, description }, options);
    return this.room(roomId, { description }, options, write);
  }

  setAnnouncement(roomId: string, announcement: string, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.setAnnouncement, { roomId, announcement }, options);
    return this.room(roomId, { announcement }, options, write);
  }

  setReadOnly(roomId: string, readOnly: boolean, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.setReadOnly, { roomId, readOnly }, options);
    return this.room(roomId, { ro: readOnly }, options, write);
  }

  /** Makes it public (`c`) or private (`p`); afterwards it belongs to the other family. */
  setType(roomId: string, type: 'c' | 'p', { compared, ...options }: MemberOptions = {}): Promise<Change> {
    return ensure({
      compared,
      // A room that has changed sides is not found by its former family.
      holds: async () => (await this.rooms.find({ roomId }, options))?.t === type,
      write: () => this.caller.call(this.routes.setType, { roomId, type }, options),
    });
  }

  /** @param name as typed; compared with title and slug */
  rename(roomId: string, name: string, { compared, ...options }: MemberOptions = {}): Promise<Change> {
    return ensure({
      compared,
      holds: async () => {
        const room = await this.find({ roomId }, options);
        return room && (room.fname ?? room.name) === name;
      },
      write: () => this.caller.call(this.routes.rename, { roomId, name }, options),
    });
  }

  archive(roomId: string, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.archive, { roomId }, options);
    return this.room(roomId, { archived: true }, options, write, ['error-room-archived']);
  }

  unarchive(roomId: string, options: MemberOptions = {}): Promise<Change> {
    const write = () => this.caller.call(this.routes.unarchive, { roomId }, options);
    return this.room(roomId, { archived: false }, options, write);
  }

  /** Deletes the room with its messages, if it is there. */
  delete(roomId: string, { compared, ...options }: MemberOptions = {}): Promise<Change> {
    return ensure({
      compared,
      removes: true,
      holds: async () => (await this.find({ roomId }, options)) === undefined,
      write: () => this.caller.call(this.routes.delete, { roomId }, options),
    });
  }

  /** This client's own account leaves. @throws {RocketChatError} `refused` (`error-you-are-last-owner`) */
  async leave(roomId: string, options?: CallOptions): Promise<void> {
    await this.caller.call(this.routes.leave, { roomId }, options);
  }

  /** Makes everybody a member, at most `API_User_Limit` (500) people. */
  async addAll(roomId: string, { activeUsersOnly, ...options }: CallOptions & { activeUsersOnly?: boolean } = {}) {
    await this.caller.call(this.routes.addAll, { roomId, activeUsersOnly }, options);
  }

  /** A write that is done when the room has these members. */
  protected room(
    roomId: string,
    wanted: Partial<WishedRoom>,
    { compared, ...options }: MemberOptions,
    write: () => Promise<unknown>,
    alreadyCodes?: readonly string[],
  ): Promise<Change> {
    const holds = async () => {
      const room = await this.find({ roomId }, options);
      if (!room) return undefined;
      // What is off or empty is often missing.
      return Object.entries(wanted).every(([key, value]) => (room[key] || undefined) === (value || undefined));
    };
    return ensure({ compared, holds, write, alreadyCodes });
  }

  private addRole(
    member: RoomMember,
    options: MemberOptions,
    action: 'addModerator' | 'addOwner' | 'addLeader',
    role: RoomRole,
  ) {
    return this.member(member, options, action, (roles) => roles?.includes(role) ?? false);
  }

  private removeRole(
    member: RoomMember,
    options: MemberOptions,
    action: 'removeModerator' | 'removeOwner' | 'removeLeader',
    role: RoomRole,
  ) {
    // Who is no member has no role.
    return this.member(member, options, action, (roles) => !roles?.includes(role), ['error-user-not-in-room']);
  }

  /** A write about one member, compared by `users.info`, which tells rooms and roles in one call. */
  private member(
    { roomId, userId }: RoomMember,
    { compared, ...options }: MemberOptions,
    action: 'invite' | 'kick' | `${'add' | 'remove'}${'Moderator' | 'Owner' | 'Leader'}`,
    isAsWanted: (roles: readonly string[] | undefined) => boolean,
    alreadyCodes?: readonly string[],
  ): Promise<Change> {
    return ensure({
      compared,
      alreadyCodes,
      holds: async () => {
        const { user } = await this.caller.call(USERS_ROUTES.info, { userId, includeUserRooms: true }, options);
        // Without `view-other-user-channels` nobody knows.
        return user.rooms ? isAsWanted(user.rooms.find(({ rid }) => rid === roomId)?.roles) : undefined;
      },
      write: () => this.caller.call(this.routes[action], { roomId, userId }, options),
    });
  }
}
