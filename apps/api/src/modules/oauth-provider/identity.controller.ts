import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access/access.decorators.js';
import { bearerOf } from '../../common/access/cookies.js';
import { WithoutGeneralLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { ChatIdentities } from './chat-identities.js';
import { claimsFor, opensWholeIdentity, rocketIdentity } from './identity.js';
import { refuseBearer } from './oauth-answer.js';
import { OAuthError } from './oauth-errors.js';
import { type LiveToken, TokenLookup } from './token-lookup.js';

const INVALID = new OAuthError('invalid_token', 'The access token is not valid, has expired or was revoked.', 401);
const MISSING = new OAuthError('invalid_token', 'An access token is needed in the Authorization header.', 401);
const IN_QUERY = new OAuthError('invalid_request', 'The access token belongs into the Authorization header.');
const NOT_ENOUGH = new OAuthError('insufficient_scope', 'The access token does not open this.', 403);
const NO_ACCOUNT = new OAuthError('temporarily_unavailable', 'The account of this person is not there yet.', 503);
const FOREIGN_ACCOUNT = new OAuthError('access_denied', 'The name of this person belongs to another account.', 403);

/** Who somebody is, for the application that holds their access token. */
@ApiTags('oauth')
@Controller()
export class IdentityController {
  constructor(
    private readonly tokens: TokenLookup,
    private readonly chat: ChatIdentities,
    private readonly config: AppConfig,
  ) {}

  /** ROCKETCHAT contract 1.4, 13. Answers many people from one address, hence no limit per address. */
  @Get('auth/rocket')
  @Public()
  @WithoutGeneralLimit()
  @ApiBearerAuth('bearer')
  @ApiOperation({
    summary: 'The person behind an access token, as Rocket.Chat reads it; scope read, or profile email roles',
  })
  @ApiOkResponse({ description: 'id, sub, username, email, name, full_name, avatar_url, roles, groups, emails' })
  rocket(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(request, reply, async ({ identity, scopes }) => {
      if (identity === null || !opensWholeIdentity(scopes)) throw NOT_ENOUGH;
      const there = await this.chat.identityOf(identity.userId);
      if (there === 'waiting') throw NO_ACCOUNT;
      if (there === 'conflict') throw FOREIGN_ACCOUNT;
      return rocketIdentity({ ...identity, picture: this.innerAddress(identity.picture) }, there);
    });
  }

  /** Rocket.Chat's server fetches the picture, from where it reaches us. */
  private innerAddress(picture: string | null): string | null {
    const { http, rocketChat } = this.config;
    return picture === null || rocketChat.portalUrl === null
      ? picture
      : picture.replace(http.publicUrl, rocketChat.portalUrl);
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    tell: (token: LiveToken) => object | Promise<object>,
  ): Promise<void> {
    try {
      const token = await this.presented(request);
      reply.header('cache-control', 'no-store').header('vary', 'authorization');
      await reply.type('application/json; charset=utf-8').send(JSON.stringify(await tell(token)));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      // Who brought no token at all is told how, and no error (RFC 6750 3.1).
      await refuseBearer(reply, error, error !== MISSING);
    }
  }

  /** Only the header counts: addresses end up in logs and histories (RFC 6750 2.3, RFC 9700 4.3.2). */
  private async presented(request: FastifyRequest): Promise<LiveToken> {
    if ('access_token' in (request.query as object)) throw IN_QUERY;
    const token = bearerOf(request.headers.authorization);
    if (token === null) throw MISSING;
    const live = await this.tokens.find(token);
    if (live === null) throw INVALID;
    return live;
  }

  /** OpenID Connect Core 5.3. */
  @Get('/o/userinfo')
  @Public()
  @ApiExcludeEndpoint()
  userinfo(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(request, reply, ({ identity, scopes }) => {
      if (identity === null || !(scopes.includes('openid') || scopes.includes('read'))) throw NOT_ENOUGH;
      return { sub: identity.userId, ...claimsFor(identity, scopes) };
    });
  }

  @Post('/o/userinfo')
  @Public()
  @ApiExcludeEndpoint()
  userinfoByPost(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.userinfo(request, reply);
  }
}
