import { handover } from '@besedka/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { OwnerHandoverService } from './owner-handover.service.js';

/** The owner role. */
@ApiTags('roles')
@Controller('roles/owner')
export class OwnerController {
  constructor(private readonly handover: OwnerHandoverService) {}

  @Post('handover')
  @Requires('owner:handover')
  @HttpCode(204)
  @ApiOperation({ summary: 'Hand the owner role over; confirmed by password, the caller becomes a moderator' })
  @ApiNoContentResponse()
  handOver(@Ctx() ctx: RequestContext, @Body({ schema: handover }) body: z.infer<typeof handover>): Promise<void> {
    return this.handover.handOver(ctx, body.userId, body.password);
  }
}
