import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access/access.decorators.js';
import { AppConfig } from '../../config/app-config.js';
import { QUERY_MAX } from './authorize-request.js';
import { AUTHORIZE_PATH, AuthorizeService } from './authorize.service.js';
import { frameableByRocketChat } from './frame-headers.js';
import { sendErrorPage } from './oauth-pages.js';
import { PageLooks } from './page-looks.js';

/** Where applications send people's browsers (RFC 6749 3.1). */
@ApiExcludeController()
@Controller('o/authorize')
export class AuthorizeController {
  constructor(
    private readonly authorize: AuthorizeService,
    private readonly looks: PageLooks,
    private readonly config: AppConfig,
  ) {}

  @Get()
  @Public({ principal: 'optional' })
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    const outcome = await this.authorize.authorize(request.ctx, query, {
      principal: request.ctx.principal?.via === 'cookie' ? request.ctx.principal : null,
      staleCookie: request.cookies[this.config.auth.cookies.access] !== undefined,
      continued: /(?:^|&)besedka_continued=1(?:&|$)/.test(query),
      navigates: request.headers['sec-fetch-mode'] === 'navigate',
    });
    frameableByRocketChat(reply, this.config);
    reply.header('cache-control', 'no-store');
    switch (outcome.kind) {
      case 'redirect':
        // The address holds a code: it must not travel on as a referrer (RFC 9700 4.2.4).
        await reply.header('referrer-policy', 'no-referrer').redirect(outcome.location, 302);
        return;
      case 'page':
        await sendErrorPage(reply, request, outcome.fault, { look: await this.looks.of(request.ctx) });
        return;
      case 'loop':
        await sendErrorPage(reply, request, 'loop', {
          status: 429,
          goOn: outcome.goOn,
          look: await this.looks.of(request.ctx),
        });
    }
  }

  /** OpenID Connect Core 3.1.2.1 wants POST too. It becomes a GET: only a navigation brings the session cookie from another site. */
  @Post()
  @Public({ crossSite: true })
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = new URLSearchParams();
    for (const [name, given] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
      for (const value of [given].flat()) form.append(name, String(value));
    }
    const query = form.toString();
    reply.header('cache-control', 'no-store');
    const isForm = /^application\/x-www-form-urlencoded(?:;|$)/i.test(request.headers['content-type'] ?? '');
    if (!isForm || query.length > QUERY_MAX) await sendErrorPage(reply, request, 'malformed_request');
    else await reply.redirect(`${AUTHORIZE_PATH}?${query}`, 303);
  }
}

/** The query as it came: decoding and encoding again would change `state`. */
function queryOf(request: FastifyRequest): string {
  const at = request.url.indexOf('?');
  return at < 0 ? '' : request.url.slice(at + 1);
}
