import { createHash, timingSafeEqual } from 'node:crypto';
import type { RocketChatWebhook } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/errors/app-error.js';
import { AppConfig } from '../../../config/app-config.js';
import { webhookToken } from '../webhook-token.js';
import { UnreadService } from './unread.service.js';

/** What Rocket.Chat's outgoing webhook says (contract 9). Of the message only where and whose it is; its text is not even read. */
@Injectable()
export class MessageWebhook {
  private readonly expected: Buffer;

  constructor(
    config: AppConfig,
    private readonly unread: UnreadService,
  ) {
    this.expected = digest(webhookToken(config));
  }

  /** @throws AppError `unauthenticated` when it is not ours */
  take({ token, channel_id: roomId, user_id: by, isEdited }: RocketChatWebhook): void {
    if (!timingSafeEqual(digest(token), this.expected)) throw new AppError('unauthenticated');
    // An edit moves nothing and counts for nobody.
    if (roomId !== undefined && by !== undefined && isEdited !== true) this.unread.posted({ roomId, by });
  }
}

/** Of equal length, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
