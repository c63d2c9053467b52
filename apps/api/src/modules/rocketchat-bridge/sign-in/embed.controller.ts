import { type RocketChatEmbed, rocketChatEmbed } from '@besedka/contracts';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignedIn } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { RateLimit } from '../../../common/rate-limit/rate-limit.decorator.js';
import { EmbedService } from './embed.service.js';

/** The frame in which Rocket.Chat is shown. */
@ApiTags('rocketchat')
@Controller('rocketchat/embed')
export class EmbedController {
  constructor(private readonly service: EmbedService) {}

  @Get()
  @SignedIn()
  @RateLimit({ name: 'rocketchat-embed', limit: 120, windowSeconds: 60, by: 'user' })
  @ApiOperation({ summary: 'How Rocket.Chat is embedded for me, and whether this browser is free for me (not_found)' })
  @ApiOkResponse({ standardSchema: rocketChatEmbed })
  @Answers(rocketChatEmbed)
  get(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RocketChatEmbed> {
    reply.header('cache-control', 'no-store');
    return this.service.get(ctx, request);
  }
}
