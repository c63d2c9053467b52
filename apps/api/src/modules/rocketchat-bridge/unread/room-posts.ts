/** Who posted last in a room, and when somebody else had posted before that. Milliseconds since the epoch. */
export interface RoomPost {
  readonly at: number;
  /** Rocket.Chat's id of the author. */
  readonly by: string;
  /** The last post of anybody but `by`; 0: none that is known. */
  readonly othersAt: number;
}

/**
 * When somebody else last posted, for every member of every room, out of two facts a room: whoever did not write the last post is
 * asked for that one, its author for the last one of the others. So the order of everybody's list (`PRODUCT.md`, rule 1) costs no row and
 * no step per member, and it is right for people who are not here.
 */
export class RoomPosts {
  private readonly posts = new Map<string, RoomPost>();
  private changed = new Set<string>();

  /** What was stored, perhaps by another process. */
  restore(stored: Iterable<readonly [roomId: string, post: RoomPost]>): void {
    for (const [roomId, post] of stored) if (post.at > this.last(roomId)) this.posts.set(roomId, post);
  }

  /**
   * Somebody posted. The same post may be told any number of times, and late.
   * @param isFirstLook the room is met as it stands, not as it changes: a room that was never seen keeps its place for the author too
   */
  add(roomId: string, by: string, at: number, isFirstLook = false): void {
    const before = this.posts.get(roomId);
    const after = before === undefined ? { at, by, othersAt: isFirstLook ? at : 0 } : follow(before, by, at);
    if (after === before) return;
    this.posts.set(roomId, after);
    this.changed.add(roomId);
  }

  /** When anybody but this account last posted there; 0: not known. */
  byOthers(roomId: string, rocketChatId: string): number {
    const post = this.posts.get(roomId);
    if (post === undefined) return 0;
    return post.by === rocketChatId ? post.othersAt : post.at;
  }

  /** When anybody last posted there; 0: not known. */
  last(roomId: string): number {
    return this.posts.get(roomId)?.at ?? 0;
  }

  /** What is to be stored; from now on it counts as stored. */
  takeChanged(): [roomId: string, post: RoomPost][] {
    const ids = this.changed;
    this.changed = new Set();
    return [...ids].flatMap((id) => {
      const post = this.posts.get(id);
      return post === undefined ? [] : [[id, post] as [string, RoomPost]];
    });
  }

  /** Storing failed: they are to be stored all the same. */
  giveBack(roomIds: Iterable<string>): void {
    for (const id of roomIds) this.changed.add(id);
  }
}

function follow(before: RoomPost, by: string, at: number): RoomPost {
  if (at > before.at) return { at, by, othersAt: by === before.by ? before.othersAt : before.at };
  // Heard late: a post before the last one matters only to the author of the last one.
  return by !== before.by && at > before.othersAt ? { ...before, othersAt: at } : before;
}
