import type { UserRoom } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { RoomLists } from './room-lists.js';
import { UnreadMetrics } from './unread.metrics.js';
import { UnreadRepository } from './unread.repository.js';

/** Titles are asked anew after this many milliseconds. */
const KEPT_MS = 600_000;

/**
 * Titles for what `users.info` names only by slug or user name: conversations are titled by our people's full names, channels and groups by
 * what was typed there (one list for everybody, asked when an unknown one turns up).
 */
@Injectable()
export class RoomTitles {
  private rooms = new Map<string, string>();
  private roomsAt = 0;
  private people = new Map<string, string | undefined>();
  private peopleAt = 0;

  constructor(
    private readonly connection: RocketChatConnection,
    private readonly lists: RoomLists,
    private readonly repository: UnreadRepository,
    private readonly metrics: UnreadMetrics,
  ) {}

  /** Room id → title, as far as they are known. @param mayCall asked before Rocket.Chat is called @throws RocketChatError */
  async of(rooms: readonly UserRoom[], mayCall: () => boolean): Promise<Map<string, string>> {
    await Promise.all([this.learnPeople(rooms), this.learnRooms(rooms, mayCall)]);
    const titles = new Map<string, string>();
    for (const { rid, t, name } of rooms) {
      const title = t === 'd' ? this.people.get(name ?? '') : this.rooms.get(rid);
      if (title !== undefined) titles.set(rid, title);
    }
    return titles;
  }

  private async learnPeople(rooms: readonly UserRoom[]): Promise<void> {
    if (Date.now() - this.peopleAt > KEPT_MS) {
      this.people = new Map();
      this.peopleAt = Date.now();
    }
    const { people } = this;
    const unknown = rooms.flatMap(({ t, name }) => (t === 'd' && name && !people.has(name) ? [name] : []));
    if (unknown.length === 0) return;
    const names = await this.repository.namesOf(unknown);
    for (const username of unknown) people.set(username, names.get(username));
  }

  private async learnRooms(rooms: readonly UserRoom[], mayCall: () => boolean): Promise<void> {
    const isUnknown = rooms.some(({ rid, t }) => t !== 'd' && !this.rooms.has(rid) && !this.lists.channels.has(rid));
    if (!isUnknown || Date.now() - this.roomsAt < KEPT_MS / 10 || !mayCall()) return;
    this.roomsAt = Date.now();
    this.metrics.called();
    const titles = new Map<string, string>();
    for await (const { _id, fname, name } of this.connection.client.rooms.adminRooms({
      types: ['c', 'p'],
      rateLimitWaitMs: 0,
    })) {
      titles.set(_id, fname ?? name ?? _id);
    }
    this.rooms = titles;
  }
}
