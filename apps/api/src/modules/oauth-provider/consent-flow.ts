import type { ConsentInfo, NextLocation } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { AuthorizePageError } from './authorize-request.js';
import { AuthorizeService } from './authorize.service.js';
import { ConsentsService } from './consents.service.js';
import { OAuthError } from './oauth-errors.js';

/** The consent page's side of an authorize request: the request itself is the only state, and it is checked anew each time. */
@Injectable()
export class ConsentFlow {
  constructor(
    private readonly authorize: AuthorizeService,
    private readonly consents: ConsentsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
  ) {}

  /** @throws AppError `oauth_request_invalid` */
  async info(request: string): Promise<ConsentInfo> {
    const { client, scopes, redirectUri } = await this.read(request);
    return {
      client: { name: client.name, description: client.description, homeUrl: client.homeUrl },
      scopes: [...scopes],
      redirectHost: placeOf(redirectUri),
    };
  }

  /** Remembers a yes, passes on a no. @returns where the browser goes next @throws AppError `oauth_request_invalid` */
  async decide(ctx: RequestContext, request: string, allow: boolean): Promise<NextLocation> {
    const { userId } = principalOf(ctx);
    const asked = await this.read(request);
    const facts = { clientId: asked.client.clientId, scopes: [...asked.scopes] };
    if (!allow) {
      await this.audit.recordNow(ctx, 'oauth.consent.refused', asked.client.id, facts);
      return { location: this.authorize.refusal(asked) };
    }
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.consents.allow(ctx, tx, userId, asked.client, asked.scopes);
    });
    return { location: this.authorize.resumeAfterConsent(asked, userId) };
  }

  private async read(request: string): ReturnType<AuthorizeService['consentRequest']> {
    try {
      return await this.authorize.consentRequest(request);
    } catch (error) {
      if (error instanceof AuthorizePageError || error instanceof OAuthError) {
        throw new AppError('oauth_request_invalid', { data: { reason: error.message } });
      }
      throw error;
    }
  }
}

/** What a person recognises the place by: its host, or of an application on their device the scheme that it answers to. */
function placeOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host === '' ? protocol.slice(0, -1) : host;
}
