import { changeEmailRequest, type Me, me, type UpdateMe, updateMe } from '@besedka/contracts';
import { Body, Controller, Get, Patch, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { OptionalIfMatch, sendVersion } from '../../common/http/versions.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { SIGN_IN_LIMIT } from '../auth/auth.limits.js';
import { MeService } from './me.service.js';
import { OwnEmailService } from './own-email.service.js';

/** The signed-in person. */
@ApiTags('me')
@Controller('users/me')
export class MeController {
  constructor(
    private readonly service: MeService,
    private readonly emails: OwnEmailService,
  ) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'Who I am and what I may do' })
  @ApiOkResponse({ standardSchema: me })
  @Answers(me)
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
  @Answers(me)
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

  @Put('email')
  @SignedIn()
  @RateLimit(SIGN_IN_LIMIT)
  @ApiOperation({
    summary: 'Change my e-mail address, confirmed by my password; the one before is told (wrong_password, email_taken)',
  })
  @ApiOkResponse({ standardSchema: me })
  @Answers(me)
  async changeEmail(
    @Ctx() ctx: RequestContext,
    @Body({ schema: changeEmailRequest }) body: z.infer<typeof changeEmailRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Me> {
    await this.emails.change(ctx, body.email, body.currentPassword);
    const mine = await this.service.me(ctx);
    sendVersion(reply, mine);
    return mine;
  }
}
