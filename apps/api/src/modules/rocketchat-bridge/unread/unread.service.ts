import type { RocketChatRooms, UnreadSource } from '@besedka/contracts';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { DomainEvents } from '../../../common/events/domain-events.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';
import { chatEngineOf } from '../../../config/rocketchat.config.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { LinksService } from '../sync/links.service.js';
import { ChangeStreamSource } from './change-stream.source.js';
import { FollowerLock } from './follower-lock.js';
import type { MemberRooms, StoredRoom } from './member-rooms.js';
import { RestSource } from './rest.source.js';
import { RoomLists } from './room-lists.js';
import { UnreadMetrics } from './unread.metrics.js';
import { UnreadRepository } from './unread.repository.js';

/** Between two writes of what everybody's order is made from, and of the place in the change stream. */
const SAVE_MS = 5_000;
/** Between two writes of the lists that changed, two looks for links and channels, and two for lists that nobody needs any more. */
const SWEEP_MS = 30_000;
/** A list is kept for this long after its member's last socket or question. */
const KEPT_MS = 120_000;
/** How long a question for a list waits for Rocket.Chat before it is answered with what was last known. */
const PATIENCE_MS = 3_000;
/** People without an account in Rocket.Chat get one soon: how often it is looked. */
const LINK_MS = 3_000;
/** A change stream that breaks is usually back at once. */
const STREAM_GRACE_MS = 2_000;

/** A message was posted, as the outgoing webhook tells it (contract 9). */
export interface PostNotice {
  readonly roomId: string;
  /** Rocket.Chat's id of the author. */
  readonly by: string;
}

/**
 * Unread numbers out of Rocket.Chat: who is here, what their rooms and numbers are, and which source tells it. The change stream of
 * MongoDB comes first; without it, or while it is broken, REST; while neither answers, the last known numbers stay and are called that.
 * Runs only where Rocket.Chat carries the chats.
 */
@Injectable()
export class UnreadService implements OnApplicationBootstrap, OnModuleDestroy {
  /** Member → until when their list is kept without a socket; infinite while they have one. */
  private readonly here = new Map<string, number>();
  /** Members who wait for their list, and the turn in which they get it. */
  private readonly coming = new Set<string>();
  private turn: Promise<void> | null = null;
  private opening: Promise<unknown> = Promise.resolve();
  /** Members who are here and have no account in Rocket.Chat yet. */
  private readonly unlinked = new Set<string>();
  private readonly up = { stream: false, rest: false };
  /** A source has answered or failed: what `none` means is known. */
  private isSettled = false;
  private timers: NodeJS.Timeout[] = [];
  private grace: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: AppConfig,
    private readonly events: DomainEvents,
    private readonly lists: RoomLists,
    private readonly links: LinksService,
    private readonly channels: RoomLinksRepository,
    private readonly repository: UnreadRepository,
    private readonly stream: ChangeStreamSource,
    private readonly rest: RestSource,
    private readonly lock: FollowerLock,
    metrics: UnreadMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    metrics.readWith(
      () => lists.source,
      () => lists.size,
    );
  }

  /** Rocket.Chat carries the chats. */
  get isOn(): boolean {
    return chatEngineOf(this.config.rocketChat) === 'rocketchat';
  }

  onApplicationBootstrap(): void {
    if (!this.isOn) return;
    this.events.on('realtime.connected', ({ userId, socketId }) => this.connected(userId, socketId));
    this.events.on('realtime.disconnected', ({ userId }) => this.disconnected(userId));
    this.every(SAVE_MS, () => this.save());
    this.every(SWEEP_MS, () => this.sweep());
    this.every(LINK_MS, () => this.lookForLinks());
    // Never waited for: the portal serves, and is healthy, whatever is with Rocket.Chat.
    this.lock.follow({ wait: () => this.settle(), begin: () => this.begin(), end: () => this.end() });
  }

  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    if (!this.isOn) return;
    await this.lock.release();
    await this.save();
    await this.saveLists();
  }

  /** All rooms of a member. Waits a moment for Rocket.Chat, and answers with what was last known if it does not. */
  async rooms(userId: string): Promise<RocketChatRooms> {
    if (!this.isOn) return { source: 'none', items: [] };
    if (this.here.get(userId) !== Infinity) this.here.set(userId, Date.now() + KEPT_MS);
    await this.open(userId);
    if (!this.isHopeless) await this.lists.get(userId)?.whenFresh(PATIENCE_MS);
    return this.lists.rooms(userId);
  }

  /** The webhook told of a message. With a change stream it is known already. */
  posted({ roomId, by }: PostNotice): void {
    if (!this.isOn || this.lists.source === 'change-stream') return;
    // By our clock, as everything that REST tells.
    this.lists.posted(roomId, by, Date.now());
    const concerned = [...this.lists.all()].filter(
      // The id of a conversation is made of its people's ids: a new one is in nobody's list yet.
      (member) => member.membership(roomId) !== undefined || roomId.includes(member.rocketChatId),
    );
    this.rest.wake(concerned.map(({ userId }) => userId));
  }

  /** The frame of this member told that their numbers changed. */
  wake(userId: string): void {
    if (this.isOn) this.rest.wake([userId]);
  }

  private async connected(userId: string, socketId: string): Promise<void> {
    this.here.set(userId, Infinity);
    const isNew = this.lists.get(userId) === undefined;
    await this.open(userId);
    const member = this.lists.get(userId);
    if (isNew && member?.isTold === true) return;
    // What is not known yet will be told, to all devices, as soon as it is.
    if (member === undefined || member.isKnown || this.isHopeless) this.lists.tellAll(userId, socketId);
  }

  private disconnected(userId: string): void {
    if (this.here.has(userId)) this.here.set(userId, Date.now() + KEPT_MS);
  }

  /**
   * Sees to it that the member has a list, if they have an account in Rocket.Chat. One look-up at a time: those who come meanwhile (everybody,
   * after a restart) are looked up together.
   */
  private async open(userId: string): Promise<void> {
    if (this.lists.get(userId) !== undefined) return;
    this.coming.add(userId);
    this.turn ??= this.opening.then(() => this.openComing());
    await this.turn;
  }

  private async openComing(): Promise<void> {
    const userIds = [...this.coming];
    this.coming.clear();
    this.turn = null;
    const opened = this.openLists(userIds, true);
    this.opening = opened.catch(() => undefined);
    await this.stream.load(await opened);
  }

  private async openAll(userIds: readonly string[], withStored = true): Promise<void> {
    await this.stream.load(await this.openLists(userIds, withStored));
  }

  /** @param withStored begin with what was last known of them @returns those who have a list now and had none */
  private async openLists(userIds: readonly string[], withStored: boolean): Promise<MemberRooms[]> {
    const found = await this.links.findMany(userIds);
    const linked = userIds.filter((id) => found.get(id)?.rocketChatId != null);
    for (const id of userIds) {
      if (linked.includes(id)) this.unlinked.delete(id);
      else this.unlinked.add(id);
    }
    if (linked.length === 0) return [];
    await this.lookForChannels();
    const stored = withStored ? await this.repository.lists(linked) : new Map<string, StoredRoom[]>();
    const members = linked.flatMap((userId) => {
      const rocketChatId = found.get(userId)?.rocketChatId;
      if (rocketChatId == null || this.lists.get(userId) !== undefined) return [];
      return [this.lists.open(userId, rocketChatId, stored.get(userId))];
    });
    for (const { userId } of members) this.rest.follow(userId);
    return members;
  }

  private async begin(): Promise<void> {
    this.lists.posts.restore(await this.repository.posts());
    await this.lookForChannels();
    if (!this.stream.isConfigured) {
      this.startRest();
      return;
    }
    this.streamIs(false);
    this.stream.start((isUp) => this.streamIs(isUp));
  }

  private async end(): Promise<void> {
    clearTimeout(this.grace);
    this.rest.stop();
    await this.stream.stop();
    Object.assign(this.up, { stream: false, rest: false });
    this.choose();
  }

  private streamIs(isUp: boolean): void {
    this.up.stream = isUp;
    clearTimeout(this.grace);
    if (isUp) this.isSettled = true;
    if (isUp) {
      this.rest.stop();
      this.up.rest = false;
      this.choose();
    } else {
      this.grace = setTimeout(() => {
        this.startRest();
        this.choose();
      }, STREAM_GRACE_MS);
      this.grace.unref();
    }
  }

  private startRest(): void {
    if (!this.rest.isConfigured) this.settle();
    this.rest.start((isUp) => {
      this.up.rest = isUp;
      this.choose();
      this.settle();
    });
  }

  /** No source answers, and that is known: whoever waits gets what there is. */
  private get isHopeless(): boolean {
    return this.isSettled && this.lists.source === 'none';
  }

  private settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    if (this.lists.source !== 'none') return;
    for (const { userId, isTold } of this.lists.all()) if (!isTold) this.lists.tellAll(userId);
  }

  private choose(): void {
    const source: UnreadSource = this.up.stream ? 'change-stream' : this.up.rest ? 'rest' : 'none';
    if (source === this.lists.source) return;
    this.logger.info({ source }, 'unread numbers of Rocket.Chat come from another source');
    this.lists.source = source;
    for (const userId of this.unlinked) this.lists.tellAll(userId);
  }

  private async lookForLinks(): Promise<void> {
    if (this.unlinked.size === 0) return;
    const before = [...this.unlinked];
    await this.openAll(before);
    for (const userId of before) {
      const member = this.lists.get(userId);
      if (member?.isKnown === true && !member.isTold) this.lists.tellAll(userId);
    }
  }

  /** Somebody's account there is another one now, or none. */
  private async followLinks(): Promise<void> {
    const open = [...this.lists.all()];
    const links = await this.links.findMany(open.map(({ userId }) => userId));
    const moved = open.filter(({ userId, rocketChatId }) => links.get(userId)?.rocketChatId !== rocketChatId);
    for (const { userId } of moved) {
      this.rest.unfollow(userId);
      this.lists.close(userId);
    }
    if (moved.length > 0)
      await this.openAll(
        moved.map(({ userId }) => userId),
        false,
      );
    for (const { userId } of moved) if (this.lists.get(userId) === undefined) this.lists.tellAll(userId);
  }

  private async lookForChannels(): Promise<void> {
    this.lists.useChannels(await this.channels.all());
  }

  private async sweep(): Promise<void> {
    await this.saveLists();
    await this.followLinks();
    for (const [userId, until] of this.here) {
      if (until > Date.now()) continue;
      this.here.delete(userId);
      this.unlinked.delete(userId);
      this.rest.unfollow(userId);
      this.lists.close(userId);
    }
    await this.lookForChannels();
  }

  /** First the facts, then how far the stream was read: what is lost in between is read once more. */
  private save(): Promise<void> {
    this.saving = this.saving.then(async () => {
      const token = this.stream.takeToken();
      const posts = this.lists.posts.takeChanged();
      try {
        if (posts.length > 0) await this.repository.savePosts(posts);
        if (token !== undefined) await this.repository.saveResumeToken(token);
      } catch (error) {
        this.lists.posts.giveBack(posts.map(([roomId]) => roomId));
        throw error;
      }
    });
    const result = this.saving;
    this.saving = result.catch(() => undefined);
    return result;
  }

  private async saveLists(): Promise<void> {
    const changed = this.lists.takeChanged();
    if (changed.length === 0) return;
    try {
      await this.repository.saveLists(changed);
    } catch (error) {
      this.lists.giveBack(changed.map(({ userId }) => userId));
      throw error;
    }
  }

  private every(ms: number, work: () => Promise<void>): void {
    let isRunning = false;
    let hasFailed = false;
    const run = async (): Promise<void> => {
      if (isRunning) return;
      isRunning = true;
      try {
        await work();
        hasFailed = false;
      } catch (err) {
        // Once in a row: the same comes again until the database is back.
        if (!hasFailed) this.logger.warn({ err }, 'what is known of rooms in Rocket.Chat could not be read or kept');
        hasFailed = true;
      } finally {
        isRunning = false;
      }
    };
    const timer = setInterval(() => void run(), ms);
    timer.unref();
    this.timers.push(timer);
  }
}
