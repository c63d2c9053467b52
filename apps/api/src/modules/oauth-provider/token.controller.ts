import { OAUTH_SCOPE_NAMES, PERSON_SCOPES } from '@besedka/contracts';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../common/access/access.decorators.js';
import { RateLimit } from '../../common/rate-limit/rate-limit.decorator.js';
import { AppConfig } from '../../config/app-config.js';
import { narrowScopes } from './authorize-request.js';
import { ClientAuthentication } from './client-authentication.js';
import { DeviceCodes } from './device-codes.js';
import { FormBody } from './form-body.js';
import { answerOAuth } from './oauth-answer.js';
import { OAuthError } from './oauth-errors.js';
import { TokenInspection } from './token-inspection.js';
import { TokenService } from './token.service.js';

/** Devices that begin at one address; off when there is no general limit. */
const BEGIN_LIMIT = {
  name: 'oauth-device-begin',
  limit: ({ limits }: AppConfig) => Math.min(limits.generalPerMinute, 60),
  windowSeconds: 60,
  by: 'address',
} as const;

const PERSON: readonly string[] = PERSON_SCOPES;

/** The protocol's back channel: what applications ask for without a browser. Described by RFCs, and by the discovery documents. */
@ApiExcludeController()
@Controller('o')
export class TokenController {
  constructor(
    private readonly clients: ClientAuthentication,
    private readonly tokens: TokenService,
    private readonly inspection: TokenInspection,
    private readonly devices: DeviceCodes,
    private readonly config: AppConfig,
  ) {}

  /** RFC 6749 3.2. */
  @Post('token')
  @Public()
  token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOAuth(reply, async () => {
      const body = FormBody.of(request);
      return this.tokens.exchange(request.ctx, await this.clients.authenticate(request, body), body);
    });
  }

  /** RFC 7009: fine also for a token that is none. The body means nothing, and is JSON because some clients insist (simple-oauth2). */
  @Post('revoke_token')
  @Public()
  revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOAuth(reply, async () => {
      const body = FormBody.of(request);
      const client = await this.clients.authenticate(request, body);
      await this.inspection.revoke(request.ctx, client, body.need('token'));
      return {};
    });
  }

  /** RFC 7662. */
  @Post('introspect')
  @Public()
  introspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOAuth(reply, async () => {
      const body = FormBody.of(request);
      const client = await this.clients.authenticate(request, body);
      if (client.kind === 'public') throw new OAuthError('invalid_client', 'A client with a secret is needed.', 401);
      return this.inspection.introspect(client, body.need('token'));
    });
  }

  /** RFC 8628 3.1. Anybody may begin with the id of a public application, and each beginning is a row. */
  @Post('device_authorization')
  @Public()
  @RateLimit(BEGIN_LIMIT)
  device(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOAuth(reply, async () => {
      const body = FormBody.of(request);
      const client = await this.clients.authenticate(request, body);
      if (!client.grantTypes.some((grant) => grant.endsWith(':device_code'))) {
        throw new OAuthError('unauthorized_client', 'This application may not use the device grant.');
      }
      const allowed = OAUTH_SCOPE_NAMES.filter((name) => client.scopes.includes(name) && PERSON.includes(name));
      const begun = await this.devices.begin(client, narrowScopes(body.get('scope'), allowed));
      const page = `${this.config.http.publicUrl}/device`;
      return {
        device_code: begun.deviceCode,
        user_code: begun.userCode,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${begun.userCode}`,
        expires_in: begun.expiresIn,
        interval: begun.interval,
      };
    });
  }
}
