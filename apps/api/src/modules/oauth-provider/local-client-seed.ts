import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { type RequestContext, systemContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { ClientAdminRepository } from './client-admin.repository.js';
import { ClientSecrets } from './client-secrets.js';
import { ClientsRepository } from './clients.repository.js';
import { LOCAL_CLIENT, LOCAL_CLIENT_ID, LOCAL_CLIENT_SECRET } from './local-client.js';

/** The application of local mode: made once there, and never with its published secret in production. Runs before the server listens. */
@Injectable()
export class LocalClientSeed implements OnApplicationBootstrap {
  private readonly secrets: ClientSecrets;

  constructor(
    private readonly admin: ClientAdminRepository,
    private readonly clients: ClientsRepository,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.secrets = new ClientSecrets(config.auth.secret);
  }

  /** @throws StartupError in production, when an enabled application has the published secret */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.mode === 'local') await this.create(systemContext('seeds'));
    else await this.refuseKnownSecret();
  }

  /** Once per database, whoever of several starts is first: what administrators change or delete afterwards stays so. */
  private async create(ctx: RequestContext): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      if (!(await this.admin.claimLocalClient(tx))) return;
      const id = newId();
      await this.admin.insert(tx, { ...LOCAL_CLIENT, id, clientId: LOCAL_CLIENT_ID });
      await this.admin.addSecret(tx, id, this.secrets.stored(LOCAL_CLIENT_SECRET));
      await this.audit.record(ctx, tx, 'oauth.client.created', id, { clientId: LOCAL_CLIENT_ID });
      this.logger.info({ clientId: LOCAL_CLIENT_ID }, 'local application created');
    });
  }

  /** Only as long as AUTH_SECRET is the one of local mode: under another one the hash fits no secret any more. */
  private async refuseKnownSecret(): Promise<void> {
    for (const client of await this.clients.enabled()) {
      if (this.secrets.match(client.secrets, LOCAL_CLIENT_SECRET) === null) continue;
      throw new StartupError(
        `The application ${client.clientId} still has the published secret of local mode; in local mode, under ` +
          'Administration → Applications, disable it, or give it a second secret and delete the published one.',
      );
    }
  }
}
