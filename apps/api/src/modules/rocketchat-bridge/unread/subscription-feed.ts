/** What is read of a document of `rocketchat_subscription` ([T] `ISubscription`, contract 9). Never a text of a message. */
export interface SubscriptionDocument {
  readonly _id: string;
  readonly rid: string;
  readonly t: string;
  readonly u: { readonly _id: string };
  readonly name?: string | null;
  readonly fname?: string | null;
  readonly open?: boolean | null;
  readonly archived?: boolean | null;
  readonly hideUnreadStatus?: boolean | null;
  readonly hideMentionStatus?: boolean | null;
  /** `INVITED`, `BANNED` in newer releases: not a member. */
  readonly status?: string | null;
  readonly alert?: boolean | null;
  readonly unread?: number | null;
  readonly userMentions?: number | null;
  readonly groupMentions?: number | null;
  readonly tunread?: readonly string[] | null;
  readonly tunreadUser?: readonly string[] | null;
  readonly tunreadGroup?: readonly string[] | null;
  readonly ls?: Date | null;
  readonly lr?: Date | null;
  readonly _updatedAt?: Date | null;
}

/** Members of a subscription that are asked for, and no others. */
export const SUBSCRIPTION_FIELDS = [
  'rid',
  't',
  'u._id',
  'name',
  'fname',
  'open',
  'archived',
  'hideUnreadStatus',
  'hideMentionStatus',
  'status',
  'alert',
  'unread',
  'userMentions',
  'groupMentions',
  'tunread',
  'tunreadUser',
  'tunreadGroup',
  'ls',
  'lr',
  '_updatedAt',
] as const;

/** Changed members that tell what happened; the rest is in the document. */
export const CHANGED_FIELDS = ['unread', 'alert', 'ls', '_updatedAt'] as const;

/** An event of the change stream, as MongoDB words it. */
export interface SubscriptionEvent {
  /** The resume token. */
  readonly _id: unknown;
  readonly operationType: string;
  readonly documentKey?: { readonly _id: string };
  /** As it is now, which may be later than the event; null: deleted meanwhile. */
  readonly fullDocument?: SubscriptionDocument | null;
  readonly updateDescription?: {
    readonly updatedFields?: {
      readonly unread?: number;
      readonly alert?: boolean;
      readonly ls?: Date;
      readonly _updatedAt?: Date;
    } | null;
  };
}

/** The last message of a room, without its text. */
export interface LastPost {
  readonly roomId: string;
  readonly at: number;
  /** Null: the server does not keep it (`Store_Last_Message`). */
  readonly by: string | null;
}

/** Changes of all subscriptions, one after the other. */
export interface SubscriptionStream {
  /** What came since the last call; waits a moment when nothing did. @throws SubscriptionStreamLost, or the driver's error */
  next(): Promise<readonly SubscriptionEvent[]>;
  /** Where a new stream would go on after everything that `next` has given. */
  readonly token: unknown;
  close(): Promise<void>;
}

/** MongoDB behind Rocket.Chat, read only. */
export interface SubscriptionFeed {
  /** @param after token of an earlier stream; null: from now on @throws SubscriptionStreamLost when it cannot go on there */
  open(after: unknown): Promise<SubscriptionStream>;
  /** All subscriptions of these accounts. */
  subscriptionsOf(rocketChatIds: readonly string[]): Promise<SubscriptionDocument[]>;
  /** Rooms without a message are missing. */
  lastPosts(roomIds: readonly string[]): Promise<LastPost[]>;
  close(): Promise<void>;
}

/** Injection token: makes a feed, or null where no MongoDB is configured. */
export const SUBSCRIPTION_FEED = Symbol('SUBSCRIPTION_FEED');
export type OpenSubscriptionFeed = (() => Promise<SubscriptionFeed>) | null;

/** What happened since is no longer told (oplog too short, collection replaced): begin anew, with a snapshot. */
export class SubscriptionStreamLost extends Error {
  constructor(options?: ErrorOptions) {
    super('the change stream cannot go on where it was', options);
    this.name = 'SubscriptionStreamLost';
  }
}
