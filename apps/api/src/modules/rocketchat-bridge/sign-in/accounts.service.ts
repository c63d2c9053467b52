import type { RocketChatAccountState } from '@besedka/contracts';
import { type CallOptions, isRocketChatError } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/errors/app-error.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { LinksService } from '../sync/links.service.js';
import { SyncService } from '../sync/sync.service.js';

/** How long somebody who is about to use their account waits for it to be made. */
const WAIT_MS = 5_000;

/** The account of a person in Rocket.Chat, when they are about to use it. */
@Injectable()
export class ChatAccounts {
  constructor(
    private readonly links: LinksService,
    private readonly sync: SyncService,
    private readonly connection: RocketChatConnection,
  ) {}

  async stateOf(userId: string): Promise<RocketChatAccountState> {
    return (await this.links.find(userId))?.state ?? 'waiting';
  }

  /**
   * The id of the account; one that is not there yet is made at once.
   * @throws AppError `rocketchat_account_waiting`, `rocketchat_account_conflict`
   */
  async ready(userId: string): Promise<string> {
    const link = await this.links.find(userId);
    if (link?.state === 'ready' && link.rocketChatId !== null) return link.rocketChatId;
    if (link?.state !== 'conflict') await this.reconcile(userId);
    const made = await this.links.find(userId);
    if (made?.state === 'ready' && made.rocketChatId !== null) return made.rocketChatId;
    if (made?.state === 'conflict') throw new AppError('rocketchat_account_conflict');
    throw new AppError('rocketchat_account_waiting', { retryAfter: 2 });
  }

  /**
   * The id of an account that can be used now: one that was switched off or deleted there by hand is put right first.
   * @param rocketChatId what `ready` told
   * @throws RocketChatError when it cannot be asked; AppError as `ready`, `rocketchat_account_waiting` also when it could not be mended
   */
  async usable(userId: string, rocketChatId: string, options: CallOptions): Promise<string> {
    if (await this.isActive(rocketChatId, options)) return rocketChatId;
    if (!(await this.reconcile(userId))) throw new AppError('rocketchat_account_waiting', { retryAfter: 5 });
    return this.ready(userId);
  }

  /** Whether it is there and switched on. @throws RocketChatError when it cannot be asked */
  async isActive(rocketChatId: string, options: CallOptions): Promise<boolean> {
    const account = await this.connection.client.users.find({ userId: rocketChatId }, options);
    return account !== undefined && account.active !== false;
  }

  /** What fails here is tried again by the outbox, which knows of it. @returns whether it went well */
  private async reconcile(userId: string): Promise<boolean> {
    try {
      await this.sync.reconcile(this.connection.client, userId, AbortSignal.timeout(WAIT_MS));
      return true;
    } catch (error) {
      if (!isRocketChatError(error) && !(error instanceof DOMException)) throw error;
      return false;
    }
  }
}
