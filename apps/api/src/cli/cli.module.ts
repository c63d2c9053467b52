import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { EventsModule } from '../common/events/events.module.js';
import { LoggingModule } from '../common/logging/logging.module.js';
import type { AppConfig } from '../config/app-config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { AuditModule } from '../modules/audit/audit.module.js';
import { CredentialsModule } from '../modules/auth/credentials.module.js';
import { ClientAdminRepository } from '../modules/oauth-provider/client-admin.repository.js';
import { ClientAdminService } from '../modules/oauth-provider/client-admin.service.js';
import { SigningKeysRepository } from '../modules/oauth-provider/signing-keys.repository.js';
import { SigningKeysService } from '../modules/oauth-provider/signing-keys.service.js';
import { OutboxService } from '../modules/outbox/outbox.service.js';
import { BRIDGE_PROVIDERS } from '../modules/rocketchat-bridge/bridge.providers.js';
import { Observer } from '../modules/rocketchat-bridge/checks/observer.js';
import { COMMAND_LINE_PROVIDERS } from '../modules/rocketchat-bridge/runs/runs.providers.js';

/**
 * What commands work with: the server's own services without what runs by itself in a server (jobs, seeds, sockets, schedules), since
 * a server may be running beside it.
 */
@Module({})
export class CliModule {
  static with(config: AppConfig, logger: Logger): DynamicModule {
    return {
      module: CliModule,
      imports: [
        ConfigModule.with(config),
        LoggingModule.with(logger),
        DatabaseModule,
        EventsModule,
        AuditModule,
        CredentialsModule,
      ],
      providers: [
        SigningKeysRepository,
        SigningKeysService,
        ClientAdminRepository,
        ClientAdminService,
        OutboxService,
        ...BRIDGE_PROVIDERS,
        ...COMMAND_LINE_PROVIDERS,
        Observer,
      ],
    };
  }
}
