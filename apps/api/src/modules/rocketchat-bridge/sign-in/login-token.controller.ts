import { type RocketChatLoginToken, rocketChatLoginToken } from '@besedka/contracts';
import { Controller, HttpCode, Options, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FromRocketChat } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { RateLimit } from '../../../common/rate-limit/rate-limit.decorator.js';
import { TOKEN_PATHS } from './addresses.js';
import { SignInFlow } from './sign-in-flow.js';

/** Where Rocket.Chat's page asks, from the browser, who is signed in to the portal (iframe authentication, contract 6; F10). */
@ApiTags('rocketchat')
@Controller()
export class LoginTokenController {
  constructor(private readonly flow: SignInFlow) {}

  @Post([...TOKEN_PATHS])
  @FromRocketChat()
  // Every load of its page may ask once.
  @RateLimit({ name: 'rocketchat-token', limit: 60, windowSeconds: 60, by: 'user' })
  @HttpCode(200)
  @ApiOperation({
    summary:
      'For the page of the configured Rocket.Chat alone: a login token for the person whose session the cookie carries ' +
      '(unauthenticated, rocketchat_unavailable, rocketchat_account_waiting, rocketchat_account_conflict, rate_limited)',
  })
  @ApiOkResponse({ standardSchema: rocketChatLoginToken })
  @Answers(rocketChatLoginToken)
  token(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RocketChatLoginToken> {
    return this.flow.token(ctx, request, reply);
  }

  /** Answered by the gate; declared so that the address has this method. */
  @Options([...TOKEN_PATHS])
  @FromRocketChat()
  @ApiExcludeEndpoint()
  preflight(): null {
    return null;
  }
}
