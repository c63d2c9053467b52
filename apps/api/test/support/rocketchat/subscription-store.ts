import { type Collection, type Document, MongoClient } from 'mongodb';
import {
  type LastPost,
  type SubscriptionDocument,
  type SubscriptionEvent,
  type SubscriptionFeed,
  type SubscriptionStream,
  SubscriptionStreamLost,
} from '../../../src/modules/rocketchat-bridge/unread/subscription-feed.js';
import { MongoSubscriptionFeed } from '../../../src/modules/rocketchat-bridge/unread/mongo-feed.js';

/** A room with what matters of its last message. */
export interface RoomDocument {
  _id: string;
  lm?: Date;
  lastMessage?: { ts: Date; msg: string; u: { _id: string } };
}

type Fields = Partial<SubscriptionDocument>;

/** The two collections of Rocket.Chat, written as its server writes them, and the feed that reads them. */
export interface SubscriptionStore {
  readonly name: string;
  readonly feed: () => Promise<SubscriptionFeed>;
  insert(document: SubscriptionDocument): Promise<void>;
  /** One `updateMany`: adds to numbers, sets members. */
  update(filter: (document: SubscriptionDocument) => boolean, ids: readonly string[], change: Change): Promise<void>;
  remove(id: string): Promise<void>;
  room(room: RoomDocument): Promise<void>;
  all(): Promise<SubscriptionDocument[]>;
  close(): Promise<void>;
}

export interface Change {
  readonly inc?: Readonly<Record<string, number>>;
  readonly set: Fields;
}

/**
 * The store in memory. Its events have the shapes that MongoDB documents for `fullDocument: 'updateLookup'`: the changed members as they
 * became, and the document as it is when the event is read. Faults can be ordered.
 */
export class MemoryStore implements SubscriptionStore {
  readonly name = 'events as MongoDB words them';
  private readonly documents = new Map<string, SubscriptionDocument>();
  private readonly rooms = new Map<string, RoomDocument>();
  private readonly log: Omit<SubscriptionEvent, 'fullDocument'>[] = [];
  /** Events before this place are no longer told (the oplog is too short). */
  private forgotten = 0;
  private broken: Error | null = null;
  /** Streams that are open, and how many were opened. */
  readonly streams = { open: 0, opened: 0, tokens: [] as unknown[] };
  /** How often snapshots were read. */
  reads = 0;

  /** Every question fails until `mend`. */
  break(error = new Error('connection <monitor> to 127.0.0.1 closed')): void {
    this.broken = error;
  }

  mend(): void {
    this.broken = null;
  }

  /** Nothing of what has happened so far is told to new streams. */
  forget(): void {
    this.forgotten = this.log.length + 1;
    this.push('heartbeat', '');
  }

  invalidate(): void {
    this.push('invalidate', '');
  }

  /** Tells once more what has been told, as after a resumed stream. */
  repeat(from: number): void {
    this.log.push(...this.log.slice(from));
  }

  get length(): number {
    return this.log.length;
  }

  feed = (): Promise<SubscriptionFeed> =>
    Promise.resolve({
      open: (after) => this.open(after),
      subscriptionsOf: (ids) => {
        this.reads += 1;
        return this.ask(() => [...this.documents.values()].filter(({ u }) => ids.includes(u._id)));
      },
      lastPosts: (ids) =>
        this.ask(() =>
          ids.flatMap((roomId): LastPost[] => {
            const { lm, lastMessage } = this.rooms.get(roomId) ?? {};
            return lm === undefined ? [] : [{ roomId, at: lm.getTime(), by: lastMessage?.u._id ?? null }];
          }),
        ),
      close: () => Promise.resolve(),
    });

  insert(document: SubscriptionDocument): Promise<void> {
    this.documents.set(document._id, document);
    this.push('insert', document._id);
    return Promise.resolve();
  }

  update(
    filter: (document: SubscriptionDocument) => boolean,
    _ids: readonly string[],
    { inc = {}, set }: Change,
  ): Promise<void> {
    for (const document of this.documents.values()) {
      if (!filter(document)) continue;
      const added = Object.entries(inc).map(([key, by]) => [key, Number(document[key as 'unread'] ?? 0) + by] as const);
      const changed = { ...set, ...Object.fromEntries(added) };
      this.documents.set(document._id, { ...document, ...changed } as SubscriptionDocument);
      this.push('update', document._id, changed);
    }
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    if (this.documents.delete(id)) this.push('delete', id);
    return Promise.resolve();
  }

  room(room: RoomDocument): Promise<void> {
    this.rooms.set(room._id, room);
    return Promise.resolve();
  }

  all(): Promise<SubscriptionDocument[]> {
    return Promise.resolve([...this.documents.values()]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private push(operationType: string, id: string, updatedFields?: object): void {
    const place = this.log.length + 1;
    this.log.push({
      _id: { _data: String(place) },
      operationType,
      documentKey: { _id: id },
      ...(updatedFields !== undefined && { updateDescription: { updatedFields } }),
    });
  }

  private ask<T>(answer: () => T): Promise<T> {
    return this.broken === null ? Promise.resolve(answer()) : Promise.reject(this.broken);
  }

  private async open(after: unknown): Promise<SubscriptionStream> {
    await this.ask(() => undefined);
    this.streams.tokens.push(after);
    let place = after === null ? this.log.length : Number((after as { _data: string })._data);
    if (place + 1 < this.forgotten) throw new SubscriptionStreamLost();
    this.streams.open += 1;
    this.streams.opened += 1;
    let isOpen = true;
    return {
      next: async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        await this.ask(() => undefined);
        if (!isOpen) throw new Error('ChangeStream is closed');
        const events = this.log.slice(place);
        place = this.log.length;
        // As it is now: what was changed again since looks the same in both events.
        return events
          .filter(({ operationType }) => operationType !== 'heartbeat')
          .map((event) => ({ ...event, fullDocument: this.documents.get(event.documentKey?._id ?? '') ?? null }));
      },
      get token() {
        return place === 0 ? null : { _data: String(place) };
      },
      close: () => {
        if (isOpen) this.streams.open -= 1;
        isOpen = false;
        return Promise.resolve();
      },
    };
  }
}

/** The store in a MongoDB, in a database of its own. */
export class MongoStore implements SubscriptionStore {
  readonly name = 'MongoDB';
  private readonly client: MongoClient;
  private readonly subscriptions: Collection<SubscriptionDocument & Document>;
  private readonly rooms: Collection<RoomDocument>;

  /** @param url with the name of the database */
  constructor(readonly url: string) {
    this.client = new MongoClient(url, { serverSelectionTimeoutMS: 30_000 });
    const database = this.client.db();
    this.subscriptions = database.collection('rocketchat_subscription');
    this.rooms = database.collection('rocketchat_room');
  }

  feed = (): Promise<SubscriptionFeed> => Promise.resolve(new MongoSubscriptionFeed(this.url));

  async insert(document: SubscriptionDocument): Promise<void> {
    await this.subscriptions.insertOne({ ...document, E2EKey: 'nobody reads this' });
  }

  async update(_filter: unknown, ids: readonly string[], { inc, set }: Change): Promise<void> {
    await this.subscriptions.updateMany(
      { _id: { $in: [...ids] } },
      { $set: set, ...(inc !== undefined && { $inc: inc }) },
    );
  }

  async remove(id: string): Promise<void> {
    await this.subscriptions.deleteOne({ _id: id });
  }

  async room({ _id, ...room }: RoomDocument): Promise<void> {
    await this.rooms.updateOne({ _id }, { $set: room }, { upsert: true });
  }

  all(): Promise<SubscriptionDocument[]> {
    return this.subscriptions.find().toArray() as Promise<SubscriptionDocument[]>;
  }

  /** As a restored backup does: the collection goes, and another with the same documents takes its name. */
  async replace(): Promise<void> {
    const documents = await this.subscriptions.find().toArray();
    await this.subscriptions.drop();
    await this.subscriptions.insertMany(documents);
  }

  async close(): Promise<void> {
    await this.client.db().dropDatabase();
    await this.client.close();
  }
}
