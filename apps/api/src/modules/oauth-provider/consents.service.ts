import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { ConsentsRepository } from './consents.repository.js';

/** What people have allowed third-party applications: asked once, remembered until they withdraw it (F19). */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly repository: ConsentsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Whether somebody has allowed all of this before; one statement.
   * @param clientId the client's `id`
   */
  covers(userId: string, clientId: string, scopes: readonly OAuthScope[]): Promise<boolean> {
    return this.repository.covers(userId, clientId, scopes);
  }

  /** Remembers, with a line in the audit log, that somebody allowed this, in addition to what they allowed before. */
  async allow(
    ctx: RequestContext,
    tx: UnitOfWorkTx,
    userId: string,
    client: { readonly id: string; readonly clientId: string },
    scopes: readonly OAuthScope[],
  ): Promise<void> {
    await this.repository.add(tx, userId, client.id, scopes);
    await this.audit.record(ctx, tx, 'oauth.consent.given', client.id, {
      clientId: client.clientId,
      scopes: [...scopes],
    });
  }
}
