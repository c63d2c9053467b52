import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../../common/logging/logger.js';
import type { MemberRooms } from './member-rooms.js';
import type { Membership } from './membership.js';
import type { SourceListener } from './rest.source.js';
import { RoomLists } from './room-lists.js';
import {
  type LastPost,
  type OpenSubscriptionFeed,
  SUBSCRIPTION_FEED,
  type SubscriptionDocument,
  type SubscriptionEvent,
  type SubscriptionFeed,
  type SubscriptionStream,
  SubscriptionStreamLost,
} from './subscription-feed.js';
import { changeOf, endsStream, membershipOf } from './subscription-mapping.js';
import { UnreadMetrics } from './unread.metrics.js';
import { UnreadRepository } from './unread.repository.js';

const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 15_000;
/** Authors of last messages are asked together, at most so often: one question however many members a message counts for. */
const AUTHORS_MS = 100;
/** A place in the stream that cannot be reached so many times in a row is given up: a snapshot makes up for it. */
const TRIES_WITH_TOKEN = 5;

/**
 * Numbers out of one read-only change stream on all subscriptions. What it says is put into the lists of those who are here as it
 * comes; nothing is asked per member. Any fault ends in a new stream and a snapshot: nothing that happened in between is missed.
 */
@Injectable()
export class ChangeStreamSource {
  private running: AbortController | null = null;
  private loop: Promise<void> = Promise.resolve();
  private feed: SubscriptionFeed | null = null;
  private stream: SubscriptionStream | null = null;
  private listener: SourceListener = () => undefined;
  private isUp = false;
  private token: unknown = null;
  private isTokenNew = false;
  /** Rooms in which somebody posted, whose author is not known yet. */
  private readonly authorless = new Set<string>();
  private authorsTimer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SUBSCRIPTION_FEED) private readonly openFeed: OpenSubscriptionFeed,
    private readonly lists: RoomLists,
    private readonly repository: UnreadRepository,
    private readonly metrics: UnreadMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get isConfigured(): boolean {
    return this.openFeed !== null;
  }

  /** Follows until `stop`. @param listener told whenever the stream begins or breaks */
  start(listener: SourceListener): void {
    if (this.openFeed === null || this.running !== null) return;
    this.listener = listener;
    this.running = new AbortController();
    this.loop = this.run(this.openFeed, this.running.signal);
  }

  async stop(): Promise<void> {
    this.running?.abort();
    this.running = null;
    await this.stream?.close();
    await this.loop;
  }

  /** Where to go on after a restart; undefined: as stored before. */
  takeToken(): unknown {
    if (!this.isTokenNew) return undefined;
    this.isTokenNew = false;
    return this.token;
  }

  /** Reads the rooms of members who have just come. Does nothing while there is no stream: its beginning reads those of all. */
  async load(members: readonly MemberRooms[]): Promise<void> {
    if (!this.isUp || this.feed === null || members.length === 0) return;
    try {
      await this.snapshot(this.feed, members);
    } catch (err) {
      // The stream meets the same fault, and the next one begins with everybody.
      this.logger.warn({ err }, 'rooms could not be read from MongoDB');
      await this.stream?.close();
    }
  }

  private async run(openFeed: () => Promise<SubscriptionFeed>, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.feed ??= await openFeed();
        if (this.token === null) this.token = await this.repository.resumeToken();
        this.stream = await this.feed.open(this.token);
        failures = 0;
        await this.follow(this.feed, this.stream, signal);
      } catch (err) {
        if (signal.aborted) break;
        failures += 1;
        if (err instanceof SubscriptionStreamLost || failures >= TRIES_WITH_TOKEN) await this.forgetToken();
        if (failures === 1 || this.isUp) this.logger.warn({ err }, 'the change stream of Rocket.Chat broke');
      }
      await this.stream?.close();
      this.stream = null;
      this.tellUp(false);
      const waitMs = Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10));
      await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    clearTimeout(this.authorsTimer);
    this.tellUp(false);
    await this.feed?.close().catch(() => undefined);
    this.feed = null;
  }

  /** @throws whatever ends the stream */
  private async follow(feed: SubscriptionFeed, stream: SubscriptionStream, signal: AbortSignal): Promise<void> {
    // Opened before it is read: what changes meanwhile is told behind it, and older news are recognised by their date.
    await this.snapshot(feed, [...this.lists.all()]);
    this.tellUp(true);
    // Who came between the snapshot and now.
    await this.load([...this.lists.all()].filter((member) => !member.isKnown));
    while (!signal.aborted) {
      const events = await stream.next();
      if (signal.aborted) return;
      for (const event of events) {
        if (endsStream(event)) throw new SubscriptionStreamLost();
        this.take(event);
      }
      if (stream.token !== null && stream.token !== this.token) {
        this.token = stream.token;
        this.isTokenNew = true;
      }
    }
  }

  private take(event: SubscriptionEvent): void {
    const change = changeOf(event);
    if (change === undefined) return;
    if (change.kind === 'gone') {
      for (const member of this.lists.all()) this.lists.drop(member, change.id);
      return;
    }
    this.metrics.changed(Date.now() - change.changedAt);
    if (change.postedAt !== null) this.askForAuthor(change.roomId);
    const member = this.lists.ofAccount(change.rocketChatId);
    if (member === undefined) return;
    if (change.membership === undefined) this.lists.drop(member, change.id);
    else this.lists.put(member, change.membership, change.postedAt ?? repliedAt(member, change.membership));
  }

  private async snapshot(feed: SubscriptionFeed, members: readonly MemberRooms[]): Promise<void> {
    if (members.length === 0) return;
    const documents = await feed.subscriptionsOf(members.map(({ rocketChatId }) => rocketChatId));
    const roomIds = [...new Set(documents.map(({ rid }) => rid))];
    const posts = await feed.lastPosts(roomIds);
    for (const { roomId, by, at } of posts) if (by !== null) this.lists.posts.add(roomId, by, at, true);
    const byAccount = new Map<string, SubscriptionDocument[]>(members.map(({ rocketChatId }) => [rocketChatId, []]));
    for (const document of documents) byAccount.get(document.u._id)?.push(document);
    for (const member of members) {
      // They may have gone, or gone and come back, meanwhile.
      if (this.lists.get(member.userId) !== member) continue;
      this.takeAll(member, byAccount.get(member.rocketChatId) ?? [], posts);
    }
  }

  private takeAll(member: MemberRooms, documents: readonly SubscriptionDocument[], posts: readonly LastPost[]): void {
    const unsigned = new Map(posts.flatMap(({ roomId, by, at }) => (by === null ? [[roomId, at] as const] : [])));
    const memberships = documents.flatMap((document) => membershipOf(document) ?? []);
    for (const membership of memberships) {
      const { roomId, unread } = membership;
      const before = member.membership(roomId);
      // Without an author it is known of this member only by the number that rose; where nothing was known, the place is as good as any.
      const at = unsigned.get(roomId);
      if (at !== undefined && (!member.isKnown || unread > (before?.unread ?? 0))) member.move(roomId, at);
      const reply = repliedAt(member, membership);
      if (reply !== null) member.move(roomId, reply);
    }
    this.lists.replace(member, memberships);
  }

  private askForAuthor(roomId: string): void {
    this.authorless.add(roomId);
    if (this.authorless.size > 1) return;
    this.authorsTimer = setTimeout(() => void this.learnAuthors(), AUTHORS_MS);
    this.authorsTimer.unref();
  }

  private async learnAuthors(): Promise<void> {
    const roomIds = [...this.authorless];
    this.authorless.clear();
    try {
      const posts = (await this.feed?.lastPosts(roomIds)) ?? [];
      for (const { roomId, by, at } of posts) if (by !== null) this.lists.posted(roomId, by, at);
    } catch (err) {
      // Those who are here have been told by their own numbers; for the others the next message makes up for it.
      this.logger.warn({ err }, 'authors of last messages could not be read from MongoDB');
    }
  }

  private tellUp(isUp: boolean): void {
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    this.listener(isUp);
  }

  private async forgetToken(): Promise<void> {
    this.token = null;
    this.isTokenNew = false;
    await this.repository.saveResumeToken(null).catch(() => undefined);
  }
}

/** A reply in a thread that the member follows; it raises none of the other numbers. */
function repliedAt(member: MemberRooms, now: Membership): number | null {
  const before = member.membership(now.roomId);
  return before !== undefined && now.threads > before.threads ? (now.repliedAt ?? now.changedAt) : null;
}
