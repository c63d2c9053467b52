import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../common/access/access.decorators.js';
import { AppConfig } from '../../../config/app-config.js';
import { frameableByRocketChat } from '../../oauth-provider/frame-headers.js';
import { SIGN_IN_ADDRESS } from './addresses.js';
import { FRAME_SCRIPT_HASH, framePage } from './frame-page.js';
import { LoginTokens } from './login-tokens.service.js';

/**
 * What Rocket.Chat shows in place of its own sign-in page: says "ask again" to it when somebody is signed in to the portal, and leads to
 * our sign-in page otherwise.
 */
@ApiExcludeController()
@Controller('chat/api/auth/frame')
export class FramePageController {
  constructor(
    private readonly tokens: LoginTokens,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @Public({ principal: 'optional' })
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.tokens.assertMode();
    reply.header('cache-control', 'no-store');
    if (request.ctx.principal?.via !== 'cookie') {
      await reply.redirect(`/login?next=${encodeURIComponent(SIGN_IN_ADDRESS)}`, 302);
      return;
    }
    const policy = String(reply.getHeader('content-security-policy') ?? '');
    reply.header('content-security-policy', policy.replace(/script-src [^;]*/, `script-src ${FRAME_SCRIPT_HASH}`));
    frameableByRocketChat(reply, this.config);
    await reply
      .type('text/html; charset=utf-8')
      .send(framePage(request.ctx.locale, this.config.oauth.rocketChatOrigin ?? ''));
  }
}
