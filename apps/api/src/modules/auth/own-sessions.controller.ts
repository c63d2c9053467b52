import { type Session, sessionList } from '@besedka/contracts';
import { Controller, Delete, Get, HttpCode, Param, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { SignedIn } from '../../common/access/access.decorators.js';
import { clearSessionCookies } from '../../common/access/cookies.js';
import { Ctx, principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { SessionsService } from './sessions.service.js';

/** As stored: what closes the sockets of a session compares ids as text. */
const sessionIdParam = z.uuid({ error: 'bad_id' }).toLowerCase();

/** The devices on which I am signed in. */
@ApiTags('auth')
@Controller('auth/sessions')
export class OwnSessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @SignedIn()
  @ApiOperation({ summary: 'Where I am signed in, the latest used first' })
  @ApiOkResponse({ standardSchema: sessionList })
  @Answers(sessionList)
  async list(@Ctx() ctx: RequestContext): Promise<{ items: Session[] }> {
    const { userId, sessionId } = principalOf(ctx);
    return { items: await this.sessions.list(userId, sessionId) };
  }

  @Delete(':id')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'End one of my sessions; somebody else’s is not found' })
  @ApiNoContentResponse()
  async end(
    @Ctx() ctx: RequestContext,
    @Param('id', { schema: sessionIdParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { userId, sessionId } = principalOf(ctx);
    const own = id === sessionId;
    if (!(await this.sessions.end(ctx, userId, id, own ? 'signed_out' : 'revoked'))) throw new AppError('not_found');
    if (own) clearSessionCookies(reply, this.config.auth);
  }

  @Delete()
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all my other sessions' })
  @ApiNoContentResponse()
  async endOthers(@Ctx() ctx: RequestContext): Promise<void> {
    const { userId, sessionId } = principalOf(ctx);
    await this.unitOfWork.run(ctx, (tx) => this.sessions.endAll(tx, userId, 'revoked', sessionId));
  }
}
