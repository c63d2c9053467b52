import {
  type LoginRequest,
  loginRequest,
  refreshRequest,
  type SessionTokens,
  sessionTokens,
  tokensQuery,
} from '@besedka/contracts';
import { Body, Controller, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Public } from '../../common/access/access.decorators.js';
import { clearSessionCookies, refreshTokenOf } from '../../common/access/cookies.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { SIGN_IN_LIMIT } from './auth.limits.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { answerTokens } from './token-answer.js';

type TokensQuery = z.infer<typeof tokensQuery>;

/** Signing in, staying signed in, signing out. */
@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly config: AppConfig,
  ) {}

  @Post('login')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in by user name or e-mail (invalid_credentials, sign_in_delayed)' })
  @ApiOkResponse({ standardSchema: sessionTokens })
  @Answers(sessionTokens)
  async login(
    @Ctx() ctx: RequestContext,
    @Body({ schema: loginRequest }) body: LoginRequest,
    @Query({ schema: tokensQuery }) query: TokensQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionTokens> {
    return answerTokens(reply, this.config, await this.signIn.signIn(ctx, body), query.tokens);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'The next pair of tokens; the refresh token comes from the cookie or the body (session_ended)',
  })
  @ApiOkResponse({ standardSchema: sessionTokens })
  @Answers(sessionTokens)
  async refresh(
    @Ctx() ctx: RequestContext,
    @Body({ schema: refreshRequest.nullish() }) body: z.infer<typeof refreshRequest> | null | undefined,
    @Query({ schema: tokensQuery }) query: TokensQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionTokens> {
    const given = body?.refreshToken ?? refreshTokenOf(request, this.config.auth.cookies);
    try {
      if (given === null) throw new AppError('session_ended');
      // What came as an httpOnly cookie never becomes readable to scripts.
      const where = body?.refreshToken === undefined ? 'cookie' : query.tokens;
      return answerTokens(reply, this.config, await this.sessions.refresh(ctx, given), where);
    } catch (error) {
      // Cookies of a dead session are of no use. A token in the body says nothing about them; and where none came, those of somebody who
      // signs in at this very moment may be on their way: the late answer must not take them away.
      const cookieIsDead = body?.refreshToken === undefined && given !== null;
      if (cookieIsDead && error instanceof AppError && error.code === 'session_ended') {
        clearSessionCookies(reply, this.config.auth);
      }
      throw error;
    }
  }

  @Post('logout')
  @Public({ principal: 'optional' })
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session; fine also when there is none' })
  @ApiNoContentResponse()
  async logout(
    @Ctx() ctx: RequestContext,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.signIn.signOut(ctx, refreshTokenOf(request, this.config.auth.cookies));
    clearSessionCookies(reply, this.config.auth);
  }
}
