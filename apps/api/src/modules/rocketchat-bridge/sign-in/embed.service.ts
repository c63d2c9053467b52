import type { RocketChatEmbed } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOf, type RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { AppConfig } from '../../../config/app-config.js';
import { PROVIDER } from '../desired-state.js';
import { ChatAccounts } from './accounts.service.js';
import { ChatBrowser } from './chat-browser.js';
import { isSameSite } from './same-site.js';
import { ServerProfiles } from './server-profile.js';

/** What the chat view needs to open the frame. */
@Injectable()
export class EmbedService {
  constructor(
    private readonly config: AppConfig,
    private readonly profiles: ServerProfiles,
    private readonly accounts: ChatAccounts,
    private readonly browser: ChatBrowser,
  ) {}

  /** @throws AppError `not_found` when there is no Rocket.Chat */
  async get(ctx: RequestContext, request: FastifyRequest): Promise<RocketChatEmbed> {
    const { userId } = principalOf(ctx);
    const { url } = this.config.rocketChat;
    if (url === null) throw new AppError('not_found');
    const [mode, account, clean] = await Promise.all([
      this.profiles.mode(),
      this.accounts.stateOf(userId),
      this.browser.isClean(ctx, request, userId),
    ]);
    return {
      url,
      origin: new URL(url).origin,
      // Of a server that was never reached: what the supported version does.
      mode: mode ?? 'oauth',
      service: PROVIDER,
      sameSite: isSameSite(this.config.http.publicUrl, url),
      account,
      clean,
    };
  }
}
