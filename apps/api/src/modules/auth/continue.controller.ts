import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Public } from '../../common/access/access.decorators.js';
import { clearSessionCookies, refreshTokenOf } from '../../common/access/cookies.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { SessionsService } from './sessions.service.js';
import { answerTokens } from './token-answer.js';

/**
 * Only a waiting authorize request, or the page that signs a waiting Rocket.Chat in, may be continued: never an address elsewhere, nor
 * what no `Location` header can hold.
 */
const continueQuery = z.object({
  to: z
    .string()
    .max(9_000)
    .regex(/^(?:\/o\/authorize\/?\?[\x21-\x5b\x5d-\x7e]*|\/chat\/api\/auth\/frame\/)$/),
});

/**
 * A stop on the way of a silent sign-in: the refresh cookie travels only to these addresses, so a request whose access token has
 * expired comes past here for a new one and goes back without anybody seeing a page.
 */
@ApiTags('auth')
@Controller('auth')
export class ContinueController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly config: AppConfig,
  ) {}

  @Get('continue')
  @Public()
  @ApiExcludeEndpoint()
  async continue(
    @Ctx() ctx: RequestContext,
    @Query({ schema: continueQuery }) { to }: z.infer<typeof continueQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const token = refreshTokenOf(request, this.config.auth.cookies);
    try {
      if (token !== null) answerTokens(reply, this.config, await this.sessions.refresh(ctx, token), 'cookie');
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'session_ended')) throw error;
      clearSessionCookies(reply, this.config.auth);
    }
    await reply.header('cache-control', 'no-store').redirect(to, 302);
  }
}
