import type { RocketChatLoginToken } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { principalOf, type RequestContext } from '../../../common/context/request-context.js';
import { ChatBrowser } from './chat-browser.js';
import { LoginTokens } from './login-tokens.service.js';

/** A sign-in by token, from the browser's point of view. */
@Injectable()
export class SignInFlow {
  constructor(
    private readonly tokens: LoginTokens,
    private readonly browser: ChatBrowser,
  ) {}

  /** @throws AppError as `LoginTokens.give` */
  async token(ctx: RequestContext, request: FastifyRequest, reply: FastifyReply): Promise<RocketChatLoginToken> {
    const { loginToken, days } = await this.tokens.give(ctx);
    await this.browser.signedIn(ctx, request, reply, principalOf(ctx), days);
    return { loginToken };
  }
}
