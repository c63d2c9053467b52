import { BUILT_IN_CHANNELS, type BuiltInChannel, type RocketChatRooms, type UnreadSource } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { systemContext } from '../../../common/context/request-context.js';
import { DomainEvents } from '../../../common/events/domain-events.js';
import { MemberRooms, type RoomFacts, type StoredRoom } from './member-rooms.js';
import type { Membership } from './membership.js';
import { RoomPosts } from './room-posts.js';
import './unread.events.js';

/**
 * The lists of the members who are here, in memory: sources put in what they learn, and whatever a member would see differently is told
 * at once. Nothing here asks a database or Rocket.Chat, so a message to everybody costs one comparison per member.
 */
@Injectable()
export class RoomLists implements RoomFacts {
  readonly posts = new RoomPosts();
  channels: ReadonlyMap<string, BuiltInChannel> = new Map();
  private readonly members = new Map<string, MemberRooms>();
  private readonly byRocketChatId = new Map<string, MemberRooms>();
  /** Members whose list differs from what was stored. */
  private changed = new Set<string>();
  private told: UnreadSource = 'none';
  private readonly ctx = systemContext('rocketchat-unread');

  constructor(private readonly events: DomainEvents) {}

  /** Where the numbers come from now. A change is told to everybody who is here. */
  get source(): UnreadSource {
    return this.told;
  }

  set source(source: UnreadSource) {
    if (source === this.told) return;
    this.told = source;
    for (const { userId, isKnown } of this.members.values()) if (isKnown) this.tellAll(userId);
  }

  /** Which rooms the built-in channels are. */
  useChannels(links: ReadonlyMap<string, string>): void {
    const found = BUILT_IN_CHANNELS.flatMap((channel) => {
      const roomId = links.get(channel.key);
      return roomId === undefined ? [] : [[roomId, channel] as const];
    });
    const isSame =
      found.length === this.channels.size && found.every(([id, { key }]) => this.channels.get(id)?.key === key);
    if (isSame) return;
    this.channels = new Map(found);
    for (const { userId, isKnown } of this.members.values()) if (isKnown) this.tellAll(userId);
  }

  /** Begins to keep a member's list, with what was last known of it. */
  open(userId: string, rocketChatId: string, stored: readonly StoredRoom[] = []): MemberRooms {
    this.close(userId);
    const member = new MemberRooms(userId, rocketChatId, this);
    member.restore(stored);
    this.members.set(userId, member);
    this.byRocketChatId.set(rocketChatId, member);
    return member;
  }

  close(userId: string): void {
    const member = this.members.get(userId);
    if (member === undefined) return;
    this.members.delete(userId);
    if (this.byRocketChatId.get(member.rocketChatId) === member) this.byRocketChatId.delete(member.rocketChatId);
  }

  get(userId: string): MemberRooms | undefined {
    return this.members.get(userId);
  }

  /** The member who is here with this account of Rocket.Chat. */
  ofAccount(rocketChatId: string): MemberRooms | undefined {
    return this.byRocketChatId.get(rocketChatId);
  }

  all(): IterableIterator<MemberRooms> {
    return this.members.values();
  }

  get size(): number {
    return this.members.size;
  }

  /** A member's list as the contracts have it; without a list: empty. */
  rooms(userId: string): RocketChatRooms {
    return { source: this.told, items: this.members.get(userId)?.list() ?? [] };
  }

  tellAll(userId: string, socketId: string | null = null): void {
    const rooms = this.rooms(userId);
    this.members.get(userId)?.tell(rooms.items);
    this.events.publish('rocketchat.rooms', { userId, socketId, rooms }, this.ctx);
  }

  /**
   * How the member stands in one room now.
   * @param postedAt when somebody else posted, if that is what changed it
   */
  put(member: MemberRooms, membership: Membership, postedAt: number | null = null): void {
    if (postedAt !== null) member.move(membership.roomId, postedAt);
    member.put(membership);
    this.tell(member, membership.roomId);
  }

  /**
   * How the member stands in all rooms; what is missing is no longer theirs.
   * @param newer rooms that are left alone, because what is known of them is newer
   */
  replace(member: MemberRooms, memberships: readonly Membership[], newer: ReadonlySet<string> = new Set()): void {
    const now = new Set(memberships.map(({ roomId }) => roomId));
    for (const { id, roomId } of [...member.all()]) if (!now.has(roomId) && !newer.has(roomId)) this.drop(member, id);
    for (const membership of memberships) if (!newer.has(membership.roomId)) this.put(member, membership);
    const isFirst = !member.isKnown;
    member.becomeFresh();
    if (isFirst) this.tellAll(member.userId);
  }

  /** The member is no longer in a room; `id` is the source's own name of the membership. */
  drop(member: MemberRooms, id: string): void {
    const roomId = member.drop(id);
    if (roomId !== null) this.tell(member, roomId);
  }

  /** Somebody posted in a room: it moves up for everybody else who is in it. */
  posted(roomId: string, by: string, at: number): void {
    this.posts.add(roomId, by, at);
    for (const member of this.members.values()) if (member.membership(roomId) !== undefined) this.tell(member, roomId);
  }

  /** Lists that are to be stored; from now on they count as stored. */
  takeChanged(): { userId: string; rooms: StoredRoom[] }[] {
    const ids = this.changed;
    this.changed = new Set();
    return [...ids].flatMap((userId) => {
      const member = this.members.get(userId);
      return member === undefined ? [] : [{ userId, rooms: member.toStore() }];
    });
  }

  /** Storing failed: they are to be stored all the same. */
  giveBack(userIds: Iterable<string>): void {
    for (const userId of userIds) this.changed.add(userId);
  }

  private tell(member: MemberRooms, roomId: string): void {
    const { userId } = member;
    this.changed.add(userId);
    const news = member.news(roomId);
    if (news === null) return;
    if (news.kind === 'gone') {
      this.events.publish('rocketchat.room-gone', { userId, roomId }, this.ctx);
    } else if (news.kind === 'room') {
      this.events.publish('rocketchat.room', { userId, room: news.room }, this.ctx);
    } else {
      const { unread, mentions, order } = news.room;
      const state = { chatId: roomId, engine: 'rocketchat', unread, mentions, order } as const;
      this.events.publish('rocketchat.unread', { userId, state }, this.ctx);
    }
  }
}
