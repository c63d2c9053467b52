import { type Me, me, type UpdateMe, updateMe } from '@besedka/contracts';
import { Body, Controller, Get, Patch, Res, SerializeOptions } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { OptionalIfMatch, sendVersion } from '../../common/http/versions.js';
import { MeService } from './me.service.js';

/** The signed-in person. */
@ApiTags('me')
@Controller('users/me')
export class MeController {
  constructor(private readonly service: MeService) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'Who I am and what I may do' })
  @ApiOkResponse({ standardSchema: me })
  @SerializeOptions({ schema: me })
  async get(@Ctx() ctx: RequestContext, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    const mine = await this.service.me(ctx);
    sendVersion(reply, mine);
    return mine;
  }

  @Patch()
  @SignedIn()
  @ApiHeader({ name: 'If-Match', required: false, description: 'ETag of the version that was edited' })
  @ApiOperation({ summary: 'Change my name, language, theme or composer settings' })
  @ApiOkResponse({ standardSchema: me })
  @SerializeOptions({ schema: me })
  async update(
    @Ctx() ctx: RequestContext,
    @OptionalIfMatch() version: number | null,
    @Body({ schema: updateMe }) body: UpdateMe,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Me> {
    const mine = await this.service.update(ctx, version, body);
    sendVersion(reply, mine);
    return mine;
  }
}
