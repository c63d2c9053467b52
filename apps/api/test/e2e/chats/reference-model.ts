/**
 * The rules of order and unread, written down the slow and obvious way: lists of messages and counting. The product computes the
 * same from a few numbers.
 */
interface ModelMessage {
  author: string;
  deleted: boolean;
  /** When it was posted, in acts of the run. */
  at: number;
}

interface ModelMember {
  /** Everything up to here is read. */
  readSeq: number;
  /** Messages up to here are not shown; the chat is listed while there is a later one. −1: always listed. */
  hiddenSeq: number;
  joinedAt: number;
}

interface ModelChat {
  kind: 'direct' | 'group' | 'channel';
  messages: ModelMessage[];
  members: Map<string, ModelMember>;
  owner: string | null;
}

export interface ListedChat {
  id: string;
  unread: number;
  readSeq: number;
  lastSeq: number;
}

export class ReferenceModel {
  readonly chats = new Map<string, ModelChat>();
  private now = 0;

  create(id: string, kind: ModelChat['kind'], members: readonly string[], owner: string | null = null): void {
    this.chats.set(id, { kind, messages: [], members: new Map(), owner });
    for (const userId of members) this.join(id, userId);
  }

  /** A new member starts at the chat's end and finds it on top. */
  join(id: string, userId: string): void {
    const chat = this.chats.get(id)!;
    if (!chat.members.has(userId)) {
      chat.members.set(userId, { readSeq: chat.messages.length, hiddenSeq: -1, joinedAt: ++this.now });
    }
  }

  /** Somebody opens the direct chat with somebody: it is in the opener's list, in the other's only once a message came. */
  openDirect(id: string, opener: string, peer: string): void {
    if (!this.chats.has(id)) {
      this.create(id, 'direct', []);
      const members = this.chats.get(id)!.members;
      for (const userId of [opener, peer]) members.set(userId, { readSeq: 0, hiddenSeq: 0, joinedAt: 0 });
    }
    const chat = this.chats.get(id)!;
    const member = chat.members.get(opener)!;
    if (chat.messages.length > member.hiddenSeq) return;
    member.hiddenSeq = -1;
    member.joinedAt = ++this.now;
  }

  hide(id: string, userId: string): void {
    const chat = this.chats.get(id)!;
    const member = chat.members.get(userId)!;
    member.hiddenSeq = member.readSeq = chat.messages.length;
  }

  leave(id: string, userId: string): void {
    const chat = this.chats.get(id)!;
    chat.members.delete(userId);
    if (chat.kind !== 'group') return;
    if (chat.members.size === 0) this.chats.delete(id);
    else if (chat.owner === userId) {
      // People in one creation joined at once; then the older account counts as the longer member.
      const [next] = [...chat.members].sort(([a, x], [b, y]) => x.joinedAt - y.joinedAt || (a < b ? -1 : 1));
      chat.owner = next![0];
    }
  }

  /** @returns the sequence */
  post(id: string, author: string): number {
    const chat = this.chats.get(id)!;
    chat.messages.push({ author, deleted: false, at: ++this.now });
    // Posting in a chat reads it.
    chat.members.get(author)!.readSeq = chat.messages.length;
    return chat.messages.length;
  }

  delete(id: string, seq: number): void {
    this.chats.get(id)!.messages[seq - 1]!.deleted = true;
  }

  read(id: string, userId: string, seq: number): void {
    const chat = this.chats.get(id)!;
    const member = chat.members.get(userId)!;
    member.readSeq = Math.max(member.readSeq, Math.min(seq, chat.messages.length));
  }

  markUnread(id: string, userId: string, fromSeq: number): void {
    const member = this.chats.get(id)!.members.get(userId)!;
    member.readSeq = Math.min(member.readSeq, Math.max(fromSeq - 1, member.hiddenSeq, 0));
  }

  /** A member's list, top first. */
  listOf(userId: string): ListedChat[] {
    const listed = [...this.chats].flatMap(([id, chat]) => {
      const member = chat.members.get(userId);
      if (!member || chat.messages.length <= member.hiddenSeq) return [];
      // Rule 1: only somebody else's message moves a chat.
      const place = Math.max(member.joinedAt, ...chat.messages.filter((m) => m.author !== userId).map((m) => m.at));
      // Rule 3: by others, after my read pointer, still there, visible to me.
      const unread = chat.messages.filter(
        (m, i) => m.author !== userId && !m.deleted && i + 1 > member.readSeq && i + 1 > member.hiddenSeq,
      ).length;
      return [{ id, unread, readSeq: member.readSeq, lastSeq: chat.messages.length, place }];
    });
    return listed
      .sort((a, b) => b.place - a.place || (a.id < b.id ? -1 : 1))
      .map(({ id, unread, readSeq, lastSeq }) => ({ id, unread, readSeq, lastSeq }));
  }
}
