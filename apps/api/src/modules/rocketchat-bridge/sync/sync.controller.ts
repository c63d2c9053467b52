import {
  resolveRocketChatConflict,
  type ResolveRocketChatConflict,
  type RocketChatSync,
  rocketChatSync,
  rocketChatSyncQuery,
  type RocketChatSyncQuery,
} from '@besedka/contracts';
import { Body, Controller, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../../common/context/request-context.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { idParam } from '../../users/id-param.js';
import { SyncAdminService } from './sync-admin.service.js';

/** People's accounts in Rocket.Chat, for administrators. */
@ApiTags('rocketchat-admin')
@Controller('admin/rocketchat/sync')
export class SyncController {
  constructor(private readonly admin: SyncAdminService) {}

  @Get()
  @Requires('rocketchat:manage')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'How many accounts are in step, wait, fail or are in conflict, and who; by state on request',
  })
  @ApiOkResponse({ standardSchema: rocketChatSync })
  @Answers(rocketChatSync)
  list(@Query({ schema: rocketChatSyncQuery }) query: RocketChatSyncQuery): Promise<RocketChatSync> {
    return this.admin.list(query);
  }

  @Post('retry')
  @Requires('rocketchat:manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Look again at everybody who is not known to be in step (rocketchat_not_configured)' })
  @ApiNoContentResponse()
  retryAll(@Ctx() ctx: RequestContext): Promise<void> {
    return this.admin.retryAll(ctx);
  }

  @Post(':id/retry')
  @Requires('rocketchat:manage')
  @HttpCode(204)
  @ApiOperation({ summary: 'Look at one person now (not_found, rocketchat_not_configured)' })
  @ApiNoContentResponse()
  retry(@Ctx() ctx: RequestContext, @Param('id', { schema: idParam }) id: string): Promise<void> {
    return this.admin.retry(ctx, id);
  }

  @Post(':id/resolve')
  @Requires('rocketchat:manage')
  @HttpCode(204)
  @ApiOperation({
    summary:
      'Decide about a foreign account with this person’s name or address: link, rename or refuse (rocketchat_no_conflict, ' +
      'rocketchat_not_linkable)',
  })
  @ApiNoContentResponse()
  resolve(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: resolveRocketChatConflict }) body: ResolveRocketChatConflict,
  ): Promise<void> {
    return this.admin.resolve(ctx, id, body);
  }
}
