import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import type { OAuthClientRecord } from './clients.service.js';
import { endGrants } from './grant-ending.js';
import { GrantsRepository } from './grants.repository.js';
import { SealedTokens } from './sealed-tokens.js';
import { TokenLookup } from './token-lookup.js';

const INACTIVE = { active: false } as const;

/** What an application may learn of a token, and how it gives one back. */
@Injectable()
export class TokenInspection {
  private readonly tokens: SealedTokens;
  private readonly issuer: string;
  private readonly refreshSeconds: number;

  constructor(
    private readonly lookup: TokenLookup,
    private readonly grants: GrantsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    config: AppConfig,
  ) {
    this.tokens = new SealedTokens(config.auth.secret);
    this.issuer = config.http.publicUrl;
    this.refreshSeconds = config.auth.refreshGraceSeconds;
  }

  /**
   * RFC 7662 2.2. A client sees its own tokens; others' only with the scope `tokens:introspect`. For everything else the answer is
   * that of a token that does not exist.
   */
  async introspect(client: OAuthClientRecord, token: string): Promise<Record<string, unknown>> {
    const refresh = this.tokens.readRefreshToken(token);
    if (refresh !== null) return this.introspectRefresh(client, refresh.grantId, refresh.generation);
    const found = await this.lookup.find(token);
    if (found === null || !mayInspect(client, found.clientId)) return INACTIVE;
    return {
      active: true,
      scope: found.scopes.join(' '),
      client_id: found.clientId,
      token_type: 'Bearer',
      iss: this.issuer,
      sub: found.identity?.userId ?? found.clientId,
      ...(found.identity !== null && { username: found.identity.username }),
      iat: found.issuedAt,
      exp: found.expiresAt,
    };
  }

  /**
   * RFC 7009: ends the whole grant, whichever of its tokens is given back (2.1). A token of another client is not touched, and that
   * looks the same.
   */
  async revoke(ctx: RequestContext, client: OAuthClientRecord, token: string): Promise<void> {
    const grantId = this.tokens.readRefreshToken(token)?.grantId ?? this.tokens.readAccessToken(token)?.grantId ?? null;
    if (grantId === null) return;
    await this.unitOfWork.run(ctx, async (tx) => {
      const ended = await endGrants(tx, { id: grantId, clientId: client.id }, 'revoked_by_client');
      if (ended > 0) await this.audit.record(ctx, tx, 'oauth.grant.revoked', client.id, { clientId: client.clientId });
    });
  }

  private async introspectRefresh(
    client: OAuthClientRecord,
    grantId: string,
    generation: number,
  ): Promise<Record<string, unknown>> {
    const state = await this.grants.state(grantId, this.refreshSeconds);
    // Refresh tokens are nobody's business but their client's.
    if (state === null || !state.live || state.clientId !== client.id || state.generation !== generation)
      return INACTIVE;
    const grant = await this.grants.byId(grantId);
    if (grant === null) return INACTIVE;
    return {
      active: true,
      scope: grant.scopes.join(' '),
      client_id: client.clientId,
      iss: this.issuer,
      sub: grant.userId ?? client.clientId,
    };
  }
}

function mayInspect(client: OAuthClientRecord, clientId: string): boolean {
  return client.clientId === clientId || client.scopes.includes('tokens:introspect');
}
