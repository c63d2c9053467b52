import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { ClientsService } from './clients.service.js';
import { endGrants } from './grant-ending.js';
import { type GrantState, GrantsRepository } from './grants.repository.js';

/** A code or a refresh token that comes back means that somebody has a copy: everything of its family ends (RFC 9700 4.2.4, 4.14.2). */
@Injectable()
export class ReplayedGrants {
  constructor(
    private readonly grants: GrantsRepository,
    private readonly clients: ClientsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
  ) {}

  /** A code that could not be used: when it was used before, what it gave is revoked. */
  async code(ctx: RequestContext, grantId: string): Promise<void> {
    const state = await this.grants.state(grantId, 0);
    if (state?.codeUsed === true && state.live) await this.end(ctx, grantId, state, 'code');
  }

  refreshToken(ctx: RequestContext, grantId: string, state: GrantState): Promise<void> {
    return this.end(ctx, grantId, state, 'refresh_token');
  }

  private async end(
    ctx: RequestContext,
    grantId: string,
    state: GrantState,
    what: 'code' | 'refresh_token',
  ): Promise<void> {
    const client = await this.clients.findById(state.clientId);
    await this.unitOfWork.run(ctx, async (tx) => {
      // Of many that come back at once, one ends it and says so.
      if ((await endGrants(tx, { id: grantId }, 'replayed')) === 0) return;
      await this.audit.record(ctx, tx, 'oauth.grant.replayed', state.userId ?? state.clientId, {
        clientId: client?.clientId ?? '',
        what,
      });
    });
  }
}
