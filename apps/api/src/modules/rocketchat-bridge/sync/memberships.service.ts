import type { RocketChatClient } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { RoomLinksRepository } from '../room-links.repository.js';
import { membersOf } from '../room-members.js';
import { LinksRepository } from './links.repository.js';
import { PeopleRepository } from './people.repository.js';
import { type Mark, MARKS, placesOf } from './person.js';

/** What somebody is in a room; null: not in it. */
export type Standing = 'member' | Mark | null;

/** A person of ours who is something else in a channel than the portal's roles say. */
export interface MembershipDifference {
  /** Key of the channel. */
  readonly channel: string;
  readonly userId: string;
  /** Their name in Rocket.Chat. */
  readonly username: string;
  readonly from: Standing;
  readonly to: Standing;
}

export interface MembershipDrift {
  /** At most as many as were asked for. The portal owns them: `SyncService.reconcile` of the person puts them right. */
  readonly differences: readonly MembershipDifference[];
  /** How many there are in all. */
  readonly count: number;
  /** Accounts in private channels that belong to nobody here: told, never touched. */
  readonly strangers: readonly { readonly channel: string; readonly username: string }[];
}

/** People are read in portions, so that memory does not grow with their number. */
const PORTION = 1000;

/** Looks for what somebody changed by hand in the channels. Reads only. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly people: PeopleRepository,
    private readonly links: LinksRepository,
    private readonly rooms: RoomLinksRepository,
  ) {}

  /**
   * Two calls per channel and one more for each hundred members.
   * @throws RocketChatError
   */
  async drift(rocket: RocketChatClient, limit: number): Promise<MembershipDrift> {
    const rooms = await this.rooms.all();
    const accounts = await this.links.accounts();
    const { userId: self } = await rocket.tokens();
    const there = new Map<string, Map<string, Standing>>();
    const strangers: { channel: string; username: string }[] = [];
    const nobody = { isActive: true, groups: [], isOwner: false, moderates: false } as const;
    for (const { channel, roomId, type } of placesOf(nobody, rooms)) {
      const standings = new Map<string, Standing>();
      for (const { id, username, roles } of (await membersOf(rocket, { id: roomId, type })).values()) {
        standings.set(id, MARKS.find((mark) => roles.includes(mark)) ?? 'member');
        if (type === 'p' && id !== self && !accounts.has(id)) strangers.push({ channel, username });
      }
      there.set(channel, standings);
    }
    const differences: MembershipDifference[] = [];
    let count = 0;
    for (const portion of portions([...accounts])) {
      const people = new Map((await this.people.findMany(portion.map(([, id]) => id))).map((one) => [one.userId, one]));
      const links = new Map((await this.links.findMany([...people.keys()])).map((link) => [link.userId, link]));
      for (const [rocketChatId, userId] of portion) {
        const person = people.get(userId);
        if (person === undefined) continue;
        for (const { channel, isMember, mark } of placesOf(person, rooms)) {
          const from = there.get(channel)?.get(rocketChatId) ?? null;
          const to = isMember ? (mark ?? 'member') : null;
          if (from === to) continue;
          count += 1;
          const username = links.get(userId)?.username ?? person.username;
          if (differences.length < limit) differences.push({ channel, userId, username, from, to });
        }
      }
    }
    return { differences, count, strangers };
  }
}

function* portions<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += PORTION) yield all.slice(from, from + PORTION);
}
