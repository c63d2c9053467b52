import { type RocketChatChecks, rocketChatChecks } from '@besedka/contracts';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { RateLimit } from '../../../common/rate-limit/rate-limit.decorator.js';
import { ChecksService } from './checks.service.js';

/** Diagnostics of the chat, as far as the server can see. */
@ApiTags('rocketchat')
@Controller('rocketchat/checks')
export class ChecksController {
  constructor(private readonly service: ChecksService) {}

  @Get()
  @SignedIn()
  @RateLimit({ name: 'rocketchat-checks', limit: 60, windowSeconds: 60, by: 'user' })
  @ApiOperation({ summary: 'What is wrong with Rocket.Chat, the first cause first; details for admins only' })
  @ApiOkResponse({ standardSchema: rocketChatChecks })
  @Answers(rocketChatChecks)
  get(@Ctx() ctx: RequestContext, @Res({ passthrough: true }) reply: FastifyReply): Promise<RocketChatChecks> {
    reply.header('cache-control', 'no-store');
    return this.service.check(ctx);
  }
}
