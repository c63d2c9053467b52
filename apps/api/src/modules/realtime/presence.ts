import { AWAY_AFTER_S, type Presence, type PresenceState } from '@besedka/contracts';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logger.js';
import { UsersService } from '../users/users.service.js';
import { RealtimePublisher } from './realtime.publisher.js';
import { idsIn, type RealtimeSocket, rooms } from './socket-types.js';

/** Between two looks for people who became away, and two writes of "last seen"; also how exact "last seen" is. */
const SWEEP_MS = 15_000;
/** A page that is reloaded is back within this: nobody is shown as gone for it. */
const GONE_AFTER_MS = 3_000;

/**
 * Who is there. A person is online while any of their sockets is alive (Socket.IO's heartbeat sees to that) and somebody has
 * acted behind it within `AWAY_AFTER_S`; away while sockets are alive otherwise; offline without sockets. Changes go only to
 * sockets that asked for this person.
 *
 * Everybody signed in may ask about everybody: all share the general channel and its list of people, so there is nobody whose
 * presence a narrower rule would hide, and each question would cost a query over memberships.
 */
@Injectable()
export class PresenceService implements OnModuleDestroy {
  /** What was last told of each connected person. */
  private readonly told = new Map<string, PresenceState>();
  /** People whose last socket has just gone, with their last activity. */
  private readonly leaving = new Map<string, { timer: NodeJS.Timeout; activeAt: number }>();
  /** People who were active since "last seen" was last written: when, in milliseconds. */
  private unwritten = new Map<string, number>();
  private sweptAt = Date.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly publisher: RealtimePublisher,
    private readonly users: UsersService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => void this.sweep(), SWEEP_MS);
    this.timer.unref();
  }

  /** A socket of this person has joined its rooms. */
  connected(userId: string): void {
    clearTimeout(this.leaving.get(userId)?.timer);
    this.leaving.delete(userId);
    this.refresh(userId);
  }

  /** A socket of this person is gone; `activeAt`: the last activity behind it. */
  disconnected(userId: string, activeAt: number): void {
    this.saw(userId, activeAt);
    if (this.publisher.isAnybodyIn(rooms.user(userId))) {
      this.refresh(userId);
      return;
    }
    const before = this.leaving.get(userId);
    clearTimeout(before?.timer);
    const timer = setTimeout(() => this.gone(userId), GONE_AFTER_MS);
    timer.unref();
    this.leaving.set(userId, { timer, activeAt: Math.max(activeAt, before?.activeAt ?? 0) });
  }

  /** The person behind the socket did something; `false`: the client says that nobody is there. */
  active(socket: RealtimeSocket, isActive: boolean): void {
    const { userId } = socket.data.session.principal;
    socket.data.here = isActive;
    if (isActive) socket.data.activeAt = Date.now();
    this.refresh(userId);
  }

  /** From now on the socket hears of these people, instead of those before. @returns how they are; unknown ids are left out */
  async watch(socket: RealtimeSocket, userIds: readonly string[]): Promise<Presence[]> {
    const wanted = new Set(userIds.map((id) => id.toLowerCase()));
    const seen = await this.users.lastSeen([...wanted]);
    for (const id of idsIn(socket.rooms, 'presence')) if (!wanted.has(id)) await socket.leave(rooms.presence(id));
    await socket.join([...seen.keys()].map(rooms.presence));
    return [...seen].map(([userId, stored]) => this.presenceOf(userId, stored?.getTime() ?? 0));
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    for (const { timer } of this.leaving.values()) clearTimeout(timer);
    await this.sweep();
  }

  /** Finds those who became away, and writes "last seen" of everybody who was active since the last time, in one statement. */
  async sweep(): Promise<void> {
    for (const [userId, state] of this.told) {
      if (state !== 'online') continue;
      this.refresh(userId);
      this.saw(userId, this.activeAt(userId));
    }
    this.sweptAt = Date.now();
    if (this.unwritten.size === 0) return;
    const seen = this.unwritten;
    this.unwritten = new Map();
    try {
      await this.users.markSeen([...seen.keys()]);
    } catch (err) {
      this.logger.warn({ err, people: seen.size }, 'last seen could not be written');
      for (const [userId, at] of seen) if (!this.unwritten.has(userId)) this.unwritten.set(userId, at);
    }
  }

  /** Earlier activity has been written already. */
  private saw(userId: string, at: number): void {
    if (at >= this.sweptAt) this.unwritten.set(userId, Math.max(at, this.unwritten.get(userId) ?? 0));
  }

  private gone(userId: string): void {
    const left = this.leaving.get(userId);
    this.leaving.delete(userId);
    this.refresh(userId, left?.activeAt);
  }

  /** Tells the watchers when the state differs from what they know. */
  private refresh(userId: string, lastSeen = 0): void {
    const state = this.stateOf(userId);
    if (state === (this.told.get(userId) ?? 'offline')) return;
    if (state === 'offline') this.told.delete(userId);
    else this.told.set(userId, state);
    this.publisher.emit(rooms.presence(userId), 'presence', this.presenceOf(userId, lastSeen));
  }

  private presenceOf(userId: string, lastSeen: number): Presence {
    const state = this.stateOf(userId);
    if (state === 'online') return { userId, state, lastSeenAt: null };
    const known = Math.max(this.activeAt(userId), this.unwritten.get(userId) ?? 0, lastSeen);
    return { userId, state, lastSeenAt: known === 0 ? null : new Date(known).toISOString() };
  }

  private stateOf(userId: string): PresenceState {
    const sockets = this.publisher.socketsIn(rooms.user(userId));
    if (sockets.length === 0) return this.leaving.has(userId) ? (this.told.get(userId) ?? 'offline') : 'offline';
    const since = Date.now() - AWAY_AFTER_S * 1000;
    return sockets.some(({ data }) => data.here && data.activeAt > since) ? 'online' : 'away';
  }

  /** Milliseconds of the last activity behind any live socket; 0 without. */
  private activeAt(userId: string): number {
    return Math.max(0, ...this.publisher.socketsIn(rooms.user(userId)).map(({ data }) => data.activeAt));
  }
}
