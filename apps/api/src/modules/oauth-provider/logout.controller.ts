import { logoutDecision, nextLocation, type NextLocation } from '@besedka/contracts';
import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Public, SignedIn } from '../../common/access/access.decorators.js';
import { clearSessionCookies } from '../../common/access/cookies.js';
import { localeFrom } from '../../common/context/locale.js';
import { Ctx, type RequestContext } from '../../common/context/request-context.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { LogoutService } from './logout.service.js';
import { sendErrorPage } from './oauth-pages.js';
import { type PageLook, PageLooks } from './page-looks.js';

const LOGOUT_PATH = '/o/logout/';

/** Signing out on behalf of an application (OpenID Connect RP-Initiated Logout 1.0). */
@ApiTags('oauth')
@Controller()
export class LogoutController {
  constructor(
    private readonly logout: LogoutService,
    private readonly looks: PageLooks,
    private readonly config: AppConfig,
  ) {}

  @Get('o/logout')
  @Public({ principal: 'optional' })
  @ApiExcludeEndpoint()
  async get(@Ctx() ctx: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const rawQuery = queryOf(request);
    const cookie = request.cookies[this.config.auth.cookies.access] ?? null;
    const outcome = await this.logout.request(ctx, rawQuery, cookie);
    reply.header('cache-control', 'no-store');
    if (outcome.kind === 'page') {
      const look = await this.looks.of(request.ctx);
      await sendErrorPage(reply, request, outcome.fault, { look: { ...look, ...spokenIn(request) } });
      return;
    }
    if (outcome.signedOut) clearSessionCookies(reply, this.config.auth);
    await reply.redirect(outcome.location, 302);
  }

  /** Other sites send this form, and a browser keeps our cookies from it; the navigation that follows carries them. */
  @Post('o/logout')
  @Public({ crossSite: true })
  @ApiExcludeEndpoint()
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = new URLSearchParams();
    for (const [name, given] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
      for (const value of [given].flat()) if (typeof value === 'string') form.append(name, value);
    }
    const location = `${LOGOUT_PATH}?${form.toString()}`;
    reply.header('cache-control', 'no-store');
    // More than an address can hold is no logout request.
    if (location.length > 8_000) await sendErrorPage(reply, request, 'malformed_request');
    else await reply.redirect(location, 303);
  }
}

/** The same after the person has been asked. */
@ApiTags('oauth')
@Controller('oauth/logout')
export class ConfirmedLogoutController {
  constructor(
    private readonly logout: LogoutService,
    private readonly config: AppConfig,
  ) {}

  @Post()
  @SignedIn()
  @HttpCode(200)
  @ApiOperation({
    summary: 'End this session, as an application asked and the person confirmed (oauth_request_invalid)',
  })
  @ApiOkResponse({ standardSchema: nextLocation })
  @Answers(nextLocation)
  async confirm(
    @Ctx() ctx: RequestContext,
    @Body({ schema: logoutDecision }) body: z.infer<typeof logoutDecision>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NextLocation> {
    const location = await this.logout.confirmed(ctx, body.request);
    clearSessionCookies(reply, this.config.auth);
    return { location };
  }
}

/** The query string as it stood in the address, without the question mark. */
function queryOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}

/** The application may know the person's language better than the browser does (`ui_locales`). */
function spokenIn(request: FastifyRequest): Partial<PageLook> {
  const { ui_locales: wanted } = request.query as Record<string, unknown>;
  if (typeof wanted !== 'string' || !/\b(?:ru|en)\b/i.test(wanted)) return {};
  return { locale: localeFrom(wanted.replaceAll(' ', ',')) };
}
