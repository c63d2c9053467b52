import type { RocketChatAccountState } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/errors/app-error.js';
import { LinksService } from '../sync/links.service.js';

/** The account of a person in Rocket.Chat, when they are about to use it. */
@Injectable()
export class ChatAccounts {
  constructor(private readonly links: LinksService) {}

  async stateOf(userId: string): Promise<RocketChatAccountState> {
    return (await this.links.find(userId))?.state ?? 'waiting';
  }

  /** @returns its id @throws AppError `rocketchat_account_waiting`, `rocketchat_account_conflict` */
  async ready(userId: string): Promise<string> {
    const link = await this.links.find(userId);
    if (link?.state === 'conflict') throw new AppError('rocketchat_account_conflict');
    if (link === null || link.state !== 'ready' || link.rocketChatId === null) {
      throw new AppError('rocketchat_account_waiting', { retryAfter: 2 });
    }
    return link.rocketChatId;
  }
}
