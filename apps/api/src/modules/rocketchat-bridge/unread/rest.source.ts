import { isRocketChatError, type RocketChatError } from '@besedka/rocketchat';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import type { MemberRooms } from './member-rooms.js';
import type { Membership } from './membership.js';
import { PollSchedule } from './poll-schedule.js';
import { hasPost, restMembership } from './rest-membership.js';
import { RoomLists } from './room-lists.js';
import { RoomTitles } from './room-titles.js';
import { UnreadMetrics } from './unread.metrics.js';

/** Questions under way at once; the others of the shared connection's slots are for the rest of the bridge. */
const AT_ONCE = 2;
const RETRY_FIRST_MS = 1_000;
/** One question a time is all that an outage costs, and numbers are back soon after it. */
const RETRY_LONGEST_MS = 5_000;
/** When a limit tells no time. */
const LIMITED_MS = 30_000;

/** Told whenever a source begins or ceases to give numbers. */
export type SourceListener = (isUp: boolean) => void;

/**
 * Numbers without MongoDB: `users.info` with `includeUserRooms`, asked as admin about the members who are here and about nobody else
 * (contract 9). Webhook and frame say about whom it is worth asking; a budget of calls bounds what it costs.
 */
@Injectable()
export class RestSource {
  private schedule: PollSchedule;
  private running: AbortController | null = null;
  private timer: NodeJS.Timeout | undefined;
  private asking = 0;
  private failures = 0;
  private pausedUntil = 0;
  private isUp = false;
  private listener: SourceListener = () => undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly connection: RocketChatConnection,
    private readonly lists: RoomLists,
    private readonly titles: RoomTitles,
    private readonly metrics: UnreadMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.schedule = this.newSchedule();
  }

  get isConfigured(): boolean {
    return this.connection.isConfigured;
  }

  /** Asks until `stop`. @param listener told whenever Rocket.Chat begins or ceases to answer */
  start(listener: SourceListener): void {
    if (this.running !== null || !this.isConfigured) return;
    this.running = new AbortController();
    this.listener = listener;
    this.schedule = this.newSchedule();
    for (const { userId } of this.lists.all()) this.schedule.add(userId, Date.now());
    this.plan();
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    clearTimeout(this.timer);
    this.failures = 0;
    this.pausedUntil = 0;
    this.isUp = false;
  }

  /** From now on this member is asked about. */
  follow(userId: string): void {
    if (this.running === null) return;
    this.schedule.add(userId, Date.now());
    this.plan();
  }

  unfollow(userId: string): void {
    this.schedule.remove(userId);
  }

  /** Something seems to have happened to these members. */
  wake(userIds: Iterable<string>): void {
    if (this.running === null) return;
    for (const userId of userIds) this.schedule.wake(userId, Date.now());
    this.plan();
  }

  private newSchedule(): PollSchedule {
    return new PollSchedule(this.config.rocketChat.unreadCallsPerMinute, Date.now());
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.running === null) return;
    const now = Date.now();
    const waitMs = Math.max(this.schedule.waitMs(now), this.pausedUntil - now);
    if (this.asking >= AT_ONCE || !Number.isFinite(waitMs)) return;
    this.timer = setTimeout(() => this.next(), waitMs);
    this.timer.unref();
  }

  private next(): void {
    const running = this.running;
    if (running === null) return;
    const userId = this.schedule.take(Date.now());
    if (userId !== null) {
      this.asking += 1;
      void this.turn(userId, running).finally(() => {
        this.asking -= 1;
        this.plan();
      });
    }
    this.plan();
  }

  private async turn(userId: string, running: AbortController): Promise<void> {
    try {
      const member = this.lists.get(userId);
      if (member === undefined) {
        this.schedule.remove(userId);
        return;
      }
      const hasChanged = await this.ask(member, running.signal);
      if (this.running === running) this.schedule.answered(userId, Date.now(), hasChanged);
    } catch (error) {
      if (this.running === running) this.failed(error, userId);
    }
  }

  /** @returns whether anything was different from before */
  private async ask(member: MemberRooms, signal: AbortSignal): Promise<boolean> {
    const askedAt = Date.now();
    this.metrics.called();
    const user = await this.connection.client.users.infoWithRooms(
      { userId: member.rocketChatId },
      { rateLimitWaitMs: 0, signal },
    );
    if (!user.rooms) throw new MissingPermission();
    const titles = await this.titles.of(user.rooms, () => this.schedule.spend(Date.now()));
    // Meanwhile another source may have taken over, or the member gone and come back.
    if (signal.aborted) return false;
    this.succeeded();
    if (this.lists.get(member.userId) !== member) return false;
    let hasChanged = false;
    const memberships: Membership[] = [];
    for (const room of user.rooms) {
      const before = member.membership(room.rid);
      const membership = restMembership(room, titles.get(room.rid), before, askedAt);
      if (membership === undefined) continue;
      memberships.push(membership);
      if (before?.unread === membership.unread) continue;
      hasChanged = true;
      // The webhook tells better who posted when; without it, it was before the question.
      if (member.isKnown && hasPost(before, membership) && member.orderOf(room.rid) <= member.askedAt) {
        member.move(room.rid, askedAt);
      }
    }
    this.lists.replace(member, memberships);
    member.askedAt = askedAt;
    return hasChanged;
  }

  private succeeded(): void {
    this.failures = 0;
    if (this.isUp) return;
    this.isUp = true;
    this.schedule.wakeAll(Date.now());
    this.listener(true);
  }

  private failed(error: unknown, userId: string): void {
    const problem = isRocketChatError(error) ? error : null;
    if (problem?.kind === 'not-found') {
      // Their account there is gone, and their rooms with it.
      const member = this.lists.get(userId);
      if (member !== undefined) this.lists.replace(member, []);
      this.schedule.answered(userId, Date.now(), false);
      return;
    }
    this.schedule.failed(userId, Date.now());
    if (problem?.kind === 'rate-limited') {
      this.pausedUntil = Date.now() + (problem.retryAfterMs ?? LIMITED_MS);
      return;
    }
    this.failures += 1;
    this.pausedUntil = Date.now() + Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(this.failures - 1, 10));
    if (this.failures > 1 && !this.isUp) return;
    this.logger.warn(factsOf(error, problem), 'unread numbers cannot be asked of Rocket.Chat');
    this.isUp = false;
    this.listener(false);
  }
}

/** The admin account may not see memberships of others (`view-other-user-channels`). */
class MissingPermission extends Error {
  constructor() {
    super('the permission view-other-user-channels is missing');
  }
}

function factsOf(error: unknown, problem: RocketChatError | null): object {
  if (problem !== null) return { kind: problem.kind, route: problem.route, status: problem.status };
  return { err: error };
}
