import { OAUTH_SCOPE_NAMES, type OwnApplication } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { ClientsService } from './clients.service.js';
import { ConsentsRepository, type OwnApplicationRow } from './consents.repository.js';
import { endGrants } from './grant-ending.js';

/** The applications that somebody signs in to, for themselves to see and to leave. */
@Injectable()
export class OwnApplicationsService {
  constructor(
    private readonly repository: ConsentsRepository,
    private readonly clients: ClientsService,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** What I have allowed, and first-party applications that hold a working token of mine; one statement. */
  async list(ctx: RequestContext): Promise<OwnApplication[]> {
    return (await this.repository.ofUser(principalOf(ctx).userId)).map(toOwnApplication);
  }

  /**
   * Withdraws what I allowed and ends the application's tokens for me; it has to ask again.
   * @param id the client's `id`
   * @throws AppError `not_found` when I neither allowed it anything nor have a token there
   */
  async revoke(ctx: RequestContext, id: string): Promise<void> {
    const { userId } = principalOf(ctx);
    const client = await this.clients.findById(id);
    if (client === null) throw new AppError('not_found');
    await this.unitOfWork.run(ctx, async (tx) => {
      // The consent first: a request that is being answered meanwhile finds it gone.
      const allowed = await this.repository.remove(tx, userId, id);
      const grants = await endGrants(tx, { clientId: id, userId }, 'revoked_by_user');
      if (!allowed && grants === 0) throw new AppError('not_found');
      await this.audit.record(ctx, tx, 'oauth.application.revoked', id, { clientId: client.clientId, grants });
    });
  }
}

function toOwnApplication(row: OwnApplicationRow): OwnApplication {
  const { id, name, description, homeUrl, firstParty } = row;
  const scopes = new Set([...(row.consented ?? []), ...row.granted.flat()]);
  return {
    id,
    name,
    description,
    homeUrl,
    firstParty,
    scopes: OAUTH_SCOPE_NAMES.filter((scope) => scopes.has(scope)),
    allowedAt: row.allowedAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
