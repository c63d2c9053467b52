import { isRocketChatError, type RocketChatClient, type RocketChatUser, type UserRoom } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { membersOf } from '../room-members.js';
import { accountChanges } from './account-changes.js';
import { LinksRepository } from './links.repository.js';
import { PeopleRepository } from './people.repository.js';
import { type Person, placesOf } from './person.js';
import { SyncQueue } from './sync-queue.js';
import { wantedAccount } from './wanted-account.js';

/** Accounts compared with one read of the database. */
const PORTION = 500;
/** Somebody who may be nowhere: only the rooms matter. */
const NOBODY = { isActive: true, groups: [], isOwner: false, moderates: false } as const;

/** Who is in the rooms of ours: account → their rooms. */
type Rooms = ReadonlyMap<string, readonly UserRoom[]>;

/**
 * Looks at everybody at once, by the lists of the server: one call for a hundred accounts and one for a hundred members of a channel,
 * where a look at each person would be one call each. Whoever is there otherwise than they shall be is queued; nothing is written here.
 */
@Injectable()
export class Everybody {
  constructor(
    private readonly people: PeopleRepository,
    private readonly links: LinksRepository,
    private readonly rooms: RoomLinksRepository,
    private readonly queue: SyncQueue,
  ) {}

  /** Where the lists cannot be had, everybody is queued for a look of their own; before the first `apply` nobody is. */
  async look(ctx: RequestContext, rocket: RocketChatClient): Promise<void> {
    const rooms = await this.rooms.all();
    if (rooms.size === 0) return;
    try {
      await this.queue.addUnknown(ctx);
      await this.compare(ctx, rocket, rooms);
    } catch (error) {
      if (!isRocketChatError(error)) throw error;
      await this.queue.addEverybody(ctx);
    }
  }

  private async compare(
    ctx: RequestContext,
    rocket: RocketChatClient,
    rooms: ReadonlyMap<string, string>,
  ): Promise<void> {
    const missing = await this.links.accounts();
    if (missing.size === 0) return;
    const inRooms = await this.inRooms(rocket, rooms);
    let portion: RocketChatUser[] = [];
    const take = async (): Promise<void> => {
      await this.portion(ctx, portion, inRooms, rooms);
      portion = [];
    };
    for await (const account of rocket.users.list()) {
      if (!missing.delete(account._id)) continue;
      portion.push(account);
      if (portion.length === PORTION) await take();
    }
    await take();
    // Deleted there, or slipped from one page to another while they were read.
    await this.queue.addPeople(ctx, [...missing.values()]);
  }

  private async inRooms(rocket: RocketChatClient, rooms: ReadonlyMap<string, string>): Promise<Rooms> {
    const found = new Map<string, UserRoom[]>();
    for (const { roomId, type } of placesOf(NOBODY, rooms)) {
      for (const { id, roles } of (await membersOf(rocket, { id: roomId, type })).values()) {
        const room = { rid: roomId, t: type, roles };
        const before = found.get(id);
        if (before === undefined) found.set(id, [room]);
        else before.push(room);
      }
    }
    return found;
  }

  /** Those as they shall be are known to be so now; the others are queued. */
  private async portion(
    ctx: RequestContext,
    accounts: readonly RocketChatUser[],
    inRooms: Rooms,
    rooms: ReadonlyMap<string, string>,
  ): Promise<void> {
    const links = new Map(
      (await this.links.ofAccounts(accounts.map(({ _id }) => _id))).map((link) => [link.rocketChatId, link]),
    );
    const ids = [...links.values()].map(({ userId }) => userId);
    const people = new Map((await this.people.findMany(ids)).map((person) => [person.userId, person]));
    const right: string[] = [];
    const wrong: string[] = [];
    for (const account of accounts) {
      const link = links.get(account._id);
      const person = people.get(link?.userId ?? '');
      if (link === undefined || person === undefined) continue;
      const theirs = { ...account, emails: emailsOf(account, person), rooms: [...(inRooms.get(account._id) ?? [])] };
      const changes = accountChanges(theirs, wantedAccount(person, link, account, rooms), link.written);
      (changes.length === 0 ? right : wrong).push(person.userId);
    }
    await this.links.seenRight(right);
    await this.queue.addPeople(ctx, wrong);
  }
}

/** Lists tell addresses only with a permission of their own; what is not told is not compared. */
function emailsOf({ emails }: RocketChatUser, { email }: Person): RocketChatUser['emails'] {
  return emails ?? (email === null ? [] : [{ address: email }]);
}
