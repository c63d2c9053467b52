import {
  isRocketChatError,
  type RocketChatClient,
  RocketChatError,
  type RocketChatUserWithRooms,
} from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { RoomLinksRepository } from '../room-links.repository.js';
import { accountChanges } from './account-changes.js';
import { AccountMaker } from './account-maker.js';
import { AccountWriter, type Writing } from './account-writer.js';
import type { Talk } from './holders.js';
import type { LinkError, LinkRecord } from './link.js';
import { LinksRepository } from './links.repository.js';
import { PeopleRepository } from './people.repository.js';
import type { Person } from './person.js';
import { wantedAccount } from './wanted-account.js';

/** Milliseconds for one person. Below the lease of the outbox, within which nobody else takes the same person. */
const LONGEST_MS = 100_000;
/** Milliseconds that one call may wait for the server's limiter. */
const LIMITER_MS = 75_000;

/** Makes what Rocket.Chat has of a person equal to what the portal knows: account, profile, channels, marks (F12, F28, F29). */
@Injectable()
export class SyncService {
  /** The last work on each person that is not done. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly people: PeopleRepository,
    private readonly links: LinksRepository,
    private readonly rooms: RoomLinksRepository,
    private readonly maker: AccountMaker,
    private readonly writer: AccountWriter,
  ) {}

  /**
   * Reads the truth here and there and writes the differences. May be repeated and cut off at any time.
   * @throws RocketChatError; the reason is noted in the link
   */
  async reconcile(rocket: RocketChatClient, userId: string, signal = AbortSignal.timeout(LONGEST_MS)): Promise<void> {
    // One after the other: what is under way may have read what has changed since.
    const before = this.underWay.get(userId)?.catch(() => undefined) ?? Promise.resolve();
    const work = before.then(() => this.work({ rocket, options: { signal, rateLimitWaitMs: LIMITER_MS } }, userId));
    this.underWay.set(userId, work);
    try {
      await work;
    } catch (error) {
      await this.links.failed(userId, inWords(error));
      throw error;
    } finally {
      if (this.underWay.get(userId) === work) this.underWay.delete(userId);
    }
  }

  private async work(talk: Talk, userId: string): Promise<void> {
    const person = await this.people.find(userId);
    if (person === null) return;
    const link = await this.links.record(userId);
    const theirs = await this.account(talk, person, link);
    if (theirs === null) return;
    if (theirs.rooms == null) {
      throw new RocketChatError({ kind: 'forbidden', route: 'GET users.info', reason: 'view-other-user-channels' });
    }
    const now = await this.links.record(userId);
    const wanted = wantedAccount(person, now, theirs, await this.rooms.all());
    const writing: Writing = {
      talk,
      person,
      theirs,
      username: theirs.username ?? null,
      link: now,
      otherEmail: false,
      left: null,
    };
    for (const change of accountChanges(theirs, wanted, now.written)) await this.writer.write(writing, change);
    await this.finish(writing);
  }

  /** The account as it is there; null: there is none, and none is to be made at the moment. */
  private async account(talk: Talk, person: Person, link: LinkRecord): Promise<RocketChatUserWithRooms | null> {
    if (link.rocketChatId !== null) {
      const found = await info(talk, link.rocketChatId);
      if (found !== undefined) return found;
      // Deleted there by hand. The conversations stay under its name; a new one is a new account.
      await this.links.save(person.userId, { rocketChatId: null, username: null, state: 'waiting', written: {} });
    }
    // An account that was being made when its person went is found and switched off.
    if (!person.isActive && link.creating === null) {
      await this.links.save(person.userId, { state: 'waiting', conflict: null, lastError: null });
      await this.links.synced(person.userId);
      return null;
    }
    const id = await this.maker.obtain(talk, person, { ...link, rocketChatId: null });
    if (id === null) {
      await this.links.synced(person.userId);
      return null;
    }
    const made = await info(talk, id);
    if (made === undefined) throw new RocketChatError({ kind: 'not-found', route: 'GET users.info' });
    return made;
  }

  private async finish({ person, username, link, otherEmail, left }: Writing): Promise<void> {
    await this.links.save(person.userId, {
      ...{ username, state: 'ready', conflict: null, lastError: left },
      ...((link.written.otherEmail ?? false) !== otherEmail && { written: { ...link.written, otherEmail } }),
    });
    await this.links.synced(person.userId);
  }
}

async function info({ rocket, options }: Talk, userId: string): Promise<RocketChatUserWithRooms | undefined> {
  try {
    return await rocket.users.infoWithRooms({ userId }, options);
  } catch (error) {
    if (isRocketChatError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Route, status and code: nobody's data. */
function inWords(error: unknown): LinkError {
  if (isRocketChatError(error)) return { code: error.kind, text: error.message };
  return { code: 'internal', text: error instanceof Error ? error.name : 'unknown' };
}
