import type { SubscriptionDocument } from '../../../src/modules/rocketchat-bridge/unread/subscription-feed.js';
import type { SubscriptionStore } from './subscription-store.js';

/**
 * What Rocket.Chat's server does to its two collections (contract 7 and 9), with `Unread_Count=all_messages`: the same writes in the same
 * shapes, whichever store they go to. Its clock moves on with every write.
 */
export class ChatWriter {
  private time = Date.now() - 3_600_000;

  constructor(private readonly store: SubscriptionStore) {}

  private now(): Date {
    this.time += 1_000;
    return new Date(this.time);
  }

  /** A new member begins with one unread mention, except in conversations. */
  async join(roomId: string, person: string, more: Partial<SubscriptionDocument> = {}): Promise<void> {
    const fresh = more.t === 'd' ? 0 : 1;
    const at = this.now();
    await this.store.insert({
      ...{ _id: idOf(roomId, person), rid: roomId, t: 'c', u: { _id: person }, name: roomId, fname: roomId },
      ...{ open: true, alert: fresh > 0, unread: fresh, userMentions: fresh, groupMentions: 0, ls: at, _updatedAt: at },
      ...more,
    });
  }

  leave(roomId: string, person: string): Promise<void> {
    return this.store.remove(idOf(roomId, person));
  }

  /** Everybody but the author: number, then alert and open; the author: read. */
  async post(roomId: string, author: string): Promise<void> {
    const at = this.now();
    await this.store.room({ _id: roomId, lm: at, lastMessage: { ts: at, msg: 'a text', u: { _id: author } } });
    const isOther = ({ rid, u }: SubscriptionDocument): boolean => rid === roomId && u._id !== author;
    const others = (await this.store.all()).filter(isOther).map(({ _id }) => _id);
    await this.store.update(isOther, others, { inc: { unread: 1 }, set: { _updatedAt: at } });
    await this.store.update(isOther, others, { set: { alert: true, open: true, _updatedAt: at } });
    await this.read(roomId, author);
  }

  async read(roomId: string, person: string): Promise<void> {
    const at = this.now();
    const set = { unread: 0, userMentions: 0, groupMentions: 0, tunread: [], alert: false, open: true, ls: at };
    await this.set(roomId, person, { ...set, _updatedAt: at });
  }

  markUnread(roomId: string, person: string): Promise<void> {
    return this.set(roomId, person, {
      alert: true,
      open: true,
      ls: new Date(this.time - 60_000),
      _updatedAt: this.now(),
    });
  }

  /** A reply in a thread that the person follows. */
  async reply(roomId: string, person: string, thread: string): Promise<void> {
    const document = (await this.store.all()).find(({ _id }) => _id === idOf(roomId, person));
    const at = this.now();
    const tunread = [...new Set([...(document?.tunread ?? []), thread])];
    await this.set(roomId, person, { tunread, alert: true, open: true, lr: at, _updatedAt: at });
  }

  /** Anything else: a name, silence, a closed conversation. */
  async change(roomId: string, person: string, set: Partial<SubscriptionDocument>): Promise<void> {
    await this.set(roomId, person, { ...set, _updatedAt: this.now() });
  }

  private set(roomId: string, person: string, set: Partial<SubscriptionDocument>): Promise<void> {
    const id = idOf(roomId, person);
    return this.store.update(({ _id }) => _id === id, [id], { set });
  }
}

const idOf = (roomId: string, person: string): string => `${roomId}/${person}`;
