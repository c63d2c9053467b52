import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../../common/logging/logger.js';
import type { MemberRooms } from './member-rooms.js';
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
import { changeOf, endsStream, membershipOf, postBetween } from './subscription-mapping.js';
import { UnreadMetrics } from './unread.metrics.js';
import { UnreadRepository } from './unread.repository.js';

const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 15_000;
/** Authors of last messages are asked together, at most so often: one question however many members a message counts for. */
const AUTHORS_MS = 100;
/** Between two answers without news. */
const EMPTY_MS = 50;
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
  /** Members whose rooms are to be read next. */
  private readonly coming = new Set<MemberRooms>();
  private loading: Promise<void> = Promise.resolve();
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
    this.token = null;
    this.loop = this.run(this.openFeed, this.running.signal);
  }

  async stop(): Promise<void> {
    this.running?.abort();
    this.running = null;
    await this.stream?.close();
    // Also ends what waits for a server that is not there.
    await this.feed?.close().catch(() => undefined);
    await this.loop;
  }

  /** Where to go on after a restart; undefined: as stored before. */
  takeToken(): unknown {
    if (!this.isTokenNew) return undefined;
    this.isTokenNew = false;
    return this.token;
  }

  /**
   * Reads the rooms of members who have just come: one look at a time, so five hundred who come at once (a restart) cost a few questions.
   * Does nothing while there is no stream: its beginning reads those of all.
   */
  async load(members: readonly MemberRooms[]): Promise<void> {
    if (!this.isUp) return;
    for (const member of members) this.coming.add(member);
    this.loading = this.loading.then(() => this.loadComing());
    await this.loading;
  }

  private async loadComing(): Promise<void> {
    const members = [...this.coming];
    this.coming.clear();
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
    // The stream was opened before this: what changes while it is read is told behind it.
    const members = new Set(this.lists.all());
    await this.snapshot(feed, [...members]);
    this.tellUp(true);
    // Who came meanwhile.
    await this.load([...this.lists.all()].filter((member) => !members.has(member)));
    while (!signal.aborted) {
      const askedAt = performance.now();
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
      // MongoDB waits until something happens; what only speaks its language may not.
      const tookMs = performance.now() - askedAt;
      if (events.length === 0 && tookMs < EMPTY_MS) await sleep(EMPTY_MS - tookMs, undefined, { ref: false });
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
    if (change.isPost === true) this.askForAuthor(change.roomId);
    const member = this.lists.ofAccount(change.rocketChatId);
    if (member === undefined) return;
    if (change.membership === undefined) {
      this.lists.drop(member, change.id);
      return;
    }
    // What was read before the event was told (by a snapshot, or by a later event's look) knows of it already.
    const before = member.membership(change.roomId);
    // An event that says what changed tells of a message itself: what the document shows beyond it has an event of its own, with its own
    // moment. Replies in threads alone are told by the number of threads.
    const isTold = change.isPost !== undefined && change.membership.threads <= (before?.threads ?? 0);
    const rise = isTold ? null : postBetween(before, change.membership);
    if (rise !== null) this.askForAuthor(change.roomId);
    this.lists.put(member, change.membership, change.isPost === true ? change.changedAt : rise);
  }

  private async snapshot(feed: SubscriptionFeed, members: readonly MemberRooms[]): Promise<void> {
    if (members.length === 0) return;
    const looks = new Map(members.map((member) => [member, member.beginLook()]));
    try {
      const documents = await feed.subscriptionsOf(members.map(({ rocketChatId }) => rocketChatId));
      const posts = await feed.lastPosts([...new Set(documents.map(({ rid }) => rid))]);
      for (const { roomId, by, at } of posts) if (by !== null) this.lists.posts.add(roomId, by, at, true);
      const byAccount = new Map<string, SubscriptionDocument[]>(members.map(({ rocketChatId }) => [rocketChatId, []]));
      for (const document of documents) byAccount.get(document.u._id)?.push(document);
      for (const [member, newer] of looks) {
        // They may have gone, or gone and come back, meanwhile.
        if (this.lists.get(member.userId) !== member) continue;
        this.takeAll(member, byAccount.get(member.rocketChatId) ?? [], posts, newer);
      }
    } finally {
      for (const [member, look] of looks) member.endLook(look);
    }
  }

  /** @param newer rooms of which the stream has told meanwhile: what it tells last is right */
  private takeAll(
    member: MemberRooms,
    documents: readonly SubscriptionDocument[],
    posts: readonly LastPost[],
    newer: ReadonlySet<string>,
  ): void {
    const unsigned = new Map(posts.flatMap(({ roomId, by, at }) => (by === null ? [[roomId, at] as const] : [])));
    const memberships = documents.flatMap((document) => membershipOf(document) ?? []);
    for (const membership of memberships) {
      const { roomId, unread, threads } = membership;
      const before = member.membership(roomId);
      // Without an author it is known of this member only by the number that rose; where nothing was known, the place is as good as any.
      const at = unsigned.get(roomId);
      if (at !== undefined && (!member.isKnown || unread > (before?.unread ?? 0))) member.move(roomId, at);
      // The last message tells nothing of threads.
      const rise = postBetween(before, membership);
      if (rise !== null && threads > (before?.threads ?? 0)) member.move(roomId, rise);
    }
    this.lists.replace(member, memberships, newer);
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
