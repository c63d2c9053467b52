import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../../database/unit-of-work.js';
import { type OutboxPriority, OutboxService } from '../../outbox/outbox.service.js';
import { RoomLinksRepository } from '../room-links.repository.js';
import { LinksRepository } from './links.repository.js';
import { PeopleRepository } from './people.repository.js';

/** Outbox topic of people whose account in Rocket.Chat has to be looked at; the key is our user id, there is no payload. */
export const SYNC_TOPIC = 'rocketchat.user';
/** People queued in one transaction. */
const PAGE = 1000;

/** Who has to be looked at. A person waits at most once, however often they change. */
@Injectable()
export class SyncQueue {
  constructor(
    private readonly outbox: OutboxService,
    private readonly people: PeopleRepository,
    private readonly links: LinksRepository,
    private readonly rooms: RoomLinksRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Inside the transaction that changes these people. Nobody is added before the first `apply`: until an admin has seen what would be done,
   * nothing is written to their server; it adds everybody.
   */
  async add(tx: UnitOfWorkTx, userIds: readonly string[], priority: OutboxPriority = 'soon'): Promise<void> {
    const rooms = await tx.query('SELECT 1 FROM rocketchat_rooms LIMIT 1');
    if (rooms.length > 0) await this.outbox.addOnce(tx, SYNC_TOPIC, userIds, priority);
  }

  /** Everybody whose account is not known to be right, in pages; nobody before the first `apply`. @returns how many */
  async addUnknown(ctx: RequestContext): Promise<number> {
    if ((await this.rooms.all()).size === 0) return 0;
    let count = 0;
    for (let page = await this.people.unknown(null, PAGE); page.length > 0;) {
      await this.unitOfWork.run(ctx, (tx) => this.add(tx, page, 'bulk'));
      count += page.length;
      page = page.length < PAGE ? [] : await this.people.unknown(page.at(-1) ?? null, PAGE);
    }
    return count;
  }

  /** These people, as a part of what is done for everybody: whoever was changed just now passes them. */
  async addPeople(ctx: RequestContext, userIds: readonly string[]): Promise<void> {
    for (let from = 0; from < userIds.length; from += PAGE) {
      const page = userIds.slice(from, from + PAGE);
      await this.unitOfWork.run(ctx, (tx) => this.add(tx, page, 'bulk'));
    }
  }

  /** Everybody, one by one, whatever is known of them. @returns how many */
  async addEverybody(ctx: RequestContext): Promise<number> {
    await this.links.forgetAllSynced();
    return this.addUnknown(ctx);
  }
}
