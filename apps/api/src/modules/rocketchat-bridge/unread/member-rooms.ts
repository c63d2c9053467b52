import { BUILT_IN_CHANNELS, type BuiltInChannel, type RocketChatRoom } from '@besedka/contracts';
import type { Membership } from './membership.js';
import type { RoomPosts } from './room-posts.js';
import { compareRooms, roomView } from './room-view.js';

/** What is the same for everybody and decides how a room looks. */
export interface RoomFacts {
  /** Room id → the built-in channel that it is. */
  readonly channels: ReadonlyMap<string, BuiltInChannel>;
  readonly posts: RoomPosts;
}

/** One member's rooms as they are kept over a restart: the last that was known. */
export interface StoredRoom {
  readonly membership: Membership;
  /** See `MemberRooms.moved`. */
  readonly movedAt: number;
}

/** What a member is to be told after something changed; null: nothing that they could see. */
export type RoomNews =
  | { readonly kind: 'room'; readonly room: RocketChatRoom }
  | { readonly kind: 'unread'; readonly room: RocketChatRoom }
  | { readonly kind: 'gone'; readonly roomId: string }
  | null;

const ORDER = compareRooms(BUILT_IN_CHANNELS.map(({ key }) => key));

/** The rooms of one member, and what they were told of them last. */
export class MemberRooms {
  private readonly memberships = new Map<string, Membership>();
  /** Room by the source's own name of the membership. */
  private readonly byId = new Map<string, string>();
  /**
   * When somebody else posted, for rooms of which no more is known than that this member's numbers rose. It only grows, so
   * a chat never sinks (F25).
   */
  private readonly moved = new Map<string, number>();
  /** Null: they were told nothing yet. */
  private told: Map<string, RocketChatRoom> | null = null;
  /** A source, or what was stored, has told this member's rooms: what differs from now on has happened meanwhile. */
  private known = false;
  private fresh = false;
  private readonly waiting = new Set<() => void>();
  private readonly looks = new Set<Set<string>>();
  /** When Rocket.Chat was last asked over REST, in milliseconds. */
  askedAt = 0;

  constructor(
    readonly userId: string,
    readonly rocketChatId: string,
    private readonly facts: RoomFacts,
  ) {}

  restore(stored: readonly StoredRoom[]): void {
    if (stored.length > 0) this.known = true;
    for (const { membership, movedAt } of stored) {
      this.keep(membership);
      if (movedAt > 0) this.moved.set(membership.roomId, movedAt);
    }
  }

  get isKnown(): boolean {
    return this.known;
  }

  /** A source has told all rooms as they are now. */
  becomeFresh(): void {
    this.known = true;
    this.fresh = true;
    for (const resolve of this.waiting) resolve();
  }

  /** Waits until a source has told the rooms, but no longer than this many milliseconds. */
  async whenFresh(withinMs: number): Promise<void> {
    if (this.fresh) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.waiting.add(done);
    });
  }

  toStore(): StoredRoom[] {
    return [...this.memberships.values()].map((membership) => ({
      membership,
      movedAt: this.moved.get(membership.roomId) ?? 0,
    }));
  }

  membership(roomId: string): Membership | undefined {
    return this.memberships.get(roomId);
  }

  all(): IterableIterator<Membership> {
    return this.memberships.values();
  }

  /** Takes how the member stands in a room now. */
  put(membership: Membership): void {
    this.keep(membership);
    for (const look of this.looks) look.add(membership.roomId);
  }

  /**
   * Somebody begins to read all rooms from elsewhere. @returns rooms of which newer things were told meanwhile; `endLook` must follow
   */
  beginLook(): Set<string> {
    const look = new Set<string>();
    this.looks.add(look);
    return look;
  }

  endLook(look: Set<string>): void {
    this.looks.delete(look);
  }

  /** Somebody else posted there at this moment. */
  move(roomId: string, at: number): void {
    if (at > (this.moved.get(roomId) ?? 0)) this.moved.set(roomId, at);
  }

  /** The member is no longer in the room; asked by the source's own name. @returns the room, if it was theirs */
  drop(id: string): string | null {
    const roomId = this.byId.get(id);
    if (roomId === undefined) return null;
    this.byId.delete(id);
    // A membership that ended and began again has another name.
    if (this.memberships.get(roomId)?.id === id) this.memberships.delete(roomId);
    for (const look of this.looks) look.add(roomId);
    return roomId;
  }

  /** When somebody else last posted there; 0: not known. */
  orderOf(roomId: string): number {
    return Math.max(this.facts.posts.byOthers(roomId, this.rocketChatId), this.moved.get(roomId) ?? 0);
  }

  /** What the member has to hear about a room, compared with what they heard last; it counts as told. Nothing before their first list. */
  news(roomId: string): RoomNews {
    if (this.told === null) return null;
    const before = this.told.get(roomId);
    const now = this.view(roomId);
    if (now === undefined) {
      return this.told.delete(roomId) ? { kind: 'gone', roomId } : null;
    }
    this.told.set(roomId, now);
    if (before === undefined || !isSameRoom(before, now)) return { kind: 'room', room: now };
    return isSameNumbers(before, now) ? null : { kind: 'unread', room: now };
  }

  /** The whole list in its order. */
  list(): RocketChatRoom[] {
    return [...this.memberships.keys()].flatMap((roomId) => this.view(roomId) ?? []).sort(ORDER);
  }

  /** They have heard a list. */
  get isTold(): boolean {
    return this.told !== null;
  }

  /** The member has heard this list. */
  tell(rooms: readonly RocketChatRoom[]): void {
    this.told = new Map(rooms.map((room) => [room.id, room]));
  }

  /** A built-in channel is always in the list; of the others those that the member has not closed. */
  private view(roomId: string): RocketChatRoom | undefined {
    const membership = this.memberships.get(roomId);
    const channel = this.facts.channels.get(roomId);
    if (membership === undefined || !(membership.isShown || channel !== undefined)) return undefined;
    const order = this.orderOf(roomId);
    return roomView(membership, channel, { order, lastAt: Math.max(order, this.facts.posts.last(roomId)) });
  }

  private keep(membership: Membership): void {
    const before = this.memberships.get(membership.roomId);
    if (before !== undefined) this.byId.delete(before.id);
    this.memberships.set(membership.roomId, membership);
    this.byId.set(membership.id, membership.roomId);
  }
}

function isSameRoom(a: RocketChatRoom, b: RocketChatRoom): boolean {
  return a.title === b.title && a.path === b.path && a.kind === b.kind && a.channelKey === b.channelKey;
}

function isSameNumbers(a: RocketChatRoom, b: RocketChatRoom): boolean {
  return a.unread === b.unread && a.mentions === b.mentions && a.order === b.order;
}
