import {
  activateRequest,
  type ActivationInfo,
  activationInfo,
  linkQuery,
  changePasswordRequest,
  forgotRequest,
  resetRequest,
  type SessionTokens,
  sessionTokens,
  tokensQuery,
} from '@besedka/contracts';
import { Body, Controller, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Public, SignedIn } from '../../common/access/access.decorators.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { SIGN_IN_LIMIT } from './auth.limits.js';
import { ForgottenPasswords } from './forgotten-passwords.js';
import { PasswordsService } from './passwords.service.js';
import { answerTokens } from './token-answer.js';

/** Choosing a password. */
@ApiTags('auth')
@Controller('auth')
export class PasswordsController {
  constructor(
    private readonly passwords: PasswordsService,
    private readonly forgotten: ForgottenPasswords,
    private readonly config: AppConfig,
  ) {}

  @Post('password')
  @SignedIn()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(204)
  @ApiOperation({ summary: 'Change my password; ends all other sessions (wrong_password, password_too_weak)' })
  @ApiNoContentResponse()
  change(
    @Ctx() ctx: RequestContext,
    @Body({ schema: changePasswordRequest }) body: z.infer<typeof changePasswordRequest>,
  ): Promise<void> {
    return this.passwords.change(ctx, body.currentPassword, body.newPassword);
  }

  @Post('forgot')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(204)
  @ApiOperation({ summary: 'Ask for a reset link by mail; the answer is the same whether the account exists or not' })
  @ApiNoContentResponse()
  forgot(
    @Ctx() ctx: RequestContext,
    @Body({ schema: forgotRequest }) body: z.infer<typeof forgotRequest>,
  ): Promise<void> {
    return this.forgotten.ask(ctx, body.login);
  }

  @Get('reset')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Whether the link from the mail can still be used, told before a password is chosen (token_invalid)',
  })
  @ApiNoContentResponse()
  resetLink(@Query({ schema: linkQuery }) query: z.infer<typeof linkQuery>): Promise<void> {
    return this.passwords.assertResettable(query.token);
  }

  @Post('reset')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(204)
  @ApiOperation({ summary: 'Set a new password by the link from the mail; ends all sessions (token_invalid)' })
  @ApiNoContentResponse()
  reset(@Ctx() ctx: RequestContext, @Body({ schema: resetRequest }) body: z.infer<typeof resetRequest>): Promise<void> {
    return this.passwords.reset(ctx, body.token, body.password);
  }

  @Get('activation')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whose invitation this is (token_invalid)' })
  @ApiOkResponse({ standardSchema: activationInfo })
  @Answers(activationInfo)
  activation(@Query({ schema: linkQuery }) query: z.infer<typeof linkQuery>): Promise<ActivationInfo> {
    return this.passwords.activation(query.token);
  }

  @Post('activate')
  @Public()
  @RateLimit(SIGN_IN_LIMIT)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Accept an invitation: choose a password and be signed in (token_invalid, password_too_weak)',
  })
  @ApiOkResponse({ standardSchema: sessionTokens })
  @Answers(sessionTokens)
  async activate(
    @Ctx() ctx: RequestContext,
    @Body({ schema: activateRequest }) body: z.infer<typeof activateRequest>,
    @Query({ schema: tokensQuery }) query: z.infer<typeof tokensQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionTokens> {
    return answerTokens(reply, this.config, await this.passwords.activate(ctx, body), query.tokens);
  }
}
