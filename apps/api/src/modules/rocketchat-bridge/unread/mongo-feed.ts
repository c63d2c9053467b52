import { type ChangeStream, type Collection, type Document, MongoClient, MongoServerError } from 'mongodb';
import { databaseIn, subscriptionsIn } from './mongo-collections.js';
import {
  CHANGED_FIELDS,
  type LastPost,
  SUBSCRIPTION_FIELDS,
  type SubscriptionDocument,
  type SubscriptionEvent,
  type SubscriptionFeed,
  type SubscriptionStream,
  SubscriptionStreamLost,
} from './subscription-feed.js';

/** How long the server holds a question for news; also the longest time until a stop is noticed. */
const AWAIT_MS = 500;
const CONNECT_MS = 5_000;
/** A connection on which nothing comes back for so long is dead, whatever the network says. */
const SILENCE_MS = 15_000;
/** CappedPositionLost, InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost, and tokens of another collection. */
const LOST_CODES = new Set([136, 260, 280, 286, 40_585, 40_615]);
/** Lines that the server writes itself carry a type; an encrypted message does too. */
const ENCRYPTED = 'e2e';

type Rooms = { _id: string; lm?: Date; lastMessage?: { ts?: Date; t?: string; u?: { _id?: string } } };

/**
 * Rocket.Chat's MongoDB, read only: subscriptions and, of rooms, when and by whom the last message is. No other collection and no text
 * is ever asked for. The driver finds the primary of a replica set again by itself.
 */
export class MongoSubscriptionFeed implements SubscriptionFeed {
  private readonly client: MongoClient;
  private readonly subscriptions: Collection<SubscriptionDocument & Document>;
  private readonly rooms: Collection<Rooms>;

  /** @param url with the name of the database, as Rocket.Chat's own MONGO_URL */
  constructor(url: string) {
    this.client = new MongoClient(url, {
      appName: 'besedka',
      serverSelectionTimeoutMS: CONNECT_MS,
      connectTimeoutMS: CONNECT_MS,
      socketTimeoutMS: SILENCE_MS,
      maxPoolSize: 4,
      retryReads: true,
    });
    const database = databaseIn(this.client, url);
    this.subscriptions = subscriptionsIn(database);
    this.rooms = database.collection('rocketchat_room');
  }

  async open(after: unknown): Promise<SubscriptionStream> {
    const stream = new MongoSubscriptionStream(
      this.subscriptions.watch<SubscriptionDocument, never>([{ $project: projection() }], {
        fullDocument: 'updateLookup',
        maxAwaitTimeMS: AWAIT_MS,
        ...(after !== null && { resumeAfter: after }),
      }),
    );
    try {
      await stream.begin();
      return stream;
    } catch (error) {
      await stream.close();
      throw error;
    }
  }

  async subscriptionsOf(rocketChatIds: readonly string[]): Promise<SubscriptionDocument[]> {
    const fields = Object.fromEntries(SUBSCRIPTION_FIELDS.map((field) => [field, 1]));
    return this.subscriptions
      .find({ 'u._id': { $in: [...rocketChatIds] } }, { projection: fields })
      .toArray() as Promise<SubscriptionDocument[]>;
  }

  async lastPosts(roomIds: readonly string[]): Promise<LastPost[]> {
    const projected = { lm: 1, 'lastMessage.ts': 1, 'lastMessage.t': 1, 'lastMessage.u._id': 1 };
    const rooms = await this.rooms.find({ _id: { $in: [...roomIds] } }, { projection: projected }).toArray();
    return rooms.flatMap(({ _id: roomId, lm, lastMessage }) => {
      const isPost = lastMessage !== undefined && (lastMessage.t === undefined || lastMessage.t === ENCRYPTED);
      const at = isPost ? (lastMessage.ts ?? lm) : lm;
      return at === undefined ? [] : [{ roomId, at: at.getTime(), by: isPost ? (lastMessage.u?._id ?? null) : null }];
    });
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

class MongoSubscriptionStream implements SubscriptionStream {
  /** Read while the stream was opened. */
  private first: SubscriptionEvent | null = null;

  constructor(private readonly stream: ChangeStream) {
    // The failure itself comes out of `next`.
    stream.on('error', () => undefined);
  }

  /** The driver opens a stream with its first question; from then on nothing is missed. */
  async begin(): Promise<void> {
    this.first = await this.ask();
  }

  async next(): Promise<readonly SubscriptionEvent[]> {
    const event = this.first ?? (await this.ask());
    this.first = null;
    return event === null ? [] : [event];
  }

  get token(): unknown {
    return this.stream.resumeToken ?? null;
  }

  async close(): Promise<void> {
    await this.stream.close().catch(() => undefined);
  }

  private async ask(): Promise<SubscriptionEvent | null> {
    try {
      return (await this.stream.tryNext()) as SubscriptionEvent | null;
    } catch (error) {
      if (error instanceof MongoServerError && LOST_CODES.has(Number(error.code))) {
        throw new SubscriptionStreamLost({ cause: error });
      }
      throw error;
    }
  }
}

/** What comes over the wire: never more than is used. */
function projection(): Document {
  return Object.fromEntries([
    ['operationType', 1],
    ['documentKey', 1],
    ...SUBSCRIPTION_FIELDS.map((field) => [`fullDocument.${field}`, 1] as const),
    ['fullDocument._id', 1],
    ...CHANGED_FIELDS.map((field) => [`updateDescription.updatedFields.${field}`, 1] as const),
  ]);
}
