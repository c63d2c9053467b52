import {
  rocketChatRooms,
  type RocketChatRooms,
  rocketChatWake,
  rocketChatWebhook,
  type RocketChatWebhook,
} from '@besedka/contracts';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../../../common/access/access.decorators.js';
import { Ctx, principalOf, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { RateLimit, WithoutGeneralLimit } from '../../../common/rate-limit/rate-limit.decorator.js';
import { MessageWebhook } from './message-webhook.js';
import { UnreadService } from './unread.service.js';

/** A frame tells at most a few changes a second, and one look answers them all. */
const WAKES_PER_MINUTE = 60;

/** My rooms and numbers in Rocket.Chat, and who says that they have changed. */
@ApiTags('rocketchat')
@Controller('rocketchat')
export class RoomsController {
  constructor(
    private readonly unread: UnreadService,
    private readonly webhook: MessageWebhook,
  ) {}

  @Get('rooms')
  @SignedIn()
  @ApiOperation({
    summary:
      'All of my rooms with unread numbers, in the order of my list; empty when Rocket.Chat does not carry the chats',
  })
  @ApiOkResponse({ standardSchema: rocketChatRooms })
  @Answers(rocketChatRooms)
  rooms(@Ctx() ctx: RequestContext): Promise<RocketChatRooms> {
    return this.unread.rooms(principalOf(ctx).userId);
  }

  @Post('wake')
  @HttpCode(204)
  @SignedIn()
  @RateLimit({ name: 'rocketchat-wake', limit: WAKES_PER_MINUTE, windowSeconds: 60, by: 'user' })
  @ApiOperation({ summary: 'The embedded Rocket.Chat has told that my numbers changed: look soon' })
  @ApiNoContentResponse()
  wake(@Ctx() ctx: RequestContext, @Body({ schema: rocketChatWake }) _body: unknown): void {
    this.unread.wake(principalOf(ctx).userId);
  }

  @Post('webhook')
  @HttpCode(200)
  @Public()
  @WithoutGeneralLimit()
  @ApiOperation({ summary: 'Outgoing webhook of Rocket.Chat: a message was posted. Its token proves it' })
  @ApiOkResponse({ description: 'Taken; nothing is posted back' })
  posted(@Body({ schema: rocketChatWebhook }) body: RocketChatWebhook): Record<never, never> {
    this.webhook.take(body);
    return {};
  }
}
