import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessModule } from './common/access/access.module.js';
import { EventsModule } from './common/events/events.module.js';
import { LifecycleModule } from './common/lifecycle/lifecycle.module.js';
import { LoggingModule } from './common/logging/logging.module.js';
import { MetricsModule } from './common/metrics/metrics.module.js';
import type { AppConfig } from './config/app-config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { SeedsModule } from './database/seeds/seeds.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { ChatsModule } from './modules/chats/chats.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { OAuthProviderModule } from './modules/oauth-provider/oauth-provider.module.js';
import { RealtimeModule } from './modules/realtime/realtime.module.js';
import { RocketChatBridgeModule } from './modules/rocketchat-bridge/rocketchat-bridge.module.js';
import { RolesModule } from './modules/roles/roles.module.js';
import { UsersModule } from './modules/users/users.module.js';

/** The parts that are the same whoever starts the application. */
const FEATURES: NonNullable<ModuleMetadata['imports']> = [
  HealthModule,
  AuditModule,
  RolesModule,
  UsersModule,
  AuthModule,
  OAuthProviderModule,
  ChatsModule,
  RealtimeModule,
  RocketChatBridgeModule,
  SeedsModule,
];

/** The table of contents: what the application is made of. Provides nothing itself. */
@Module({})
export class AppModule {
  /** @param more modules that only a test needs */
  static with(config: AppConfig, logger: Logger, more: NonNullable<ModuleMetadata['imports']> = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        LoggingModule.with(logger),
        LifecycleModule,
        MetricsModule,
        DatabaseModule,
        // After the database: modules stop in reverse, and event handlers that still run need their connections.
        EventsModule,
        AccessModule,
        ...FEATURES,
        ...more,
      ],
    };
  }
}
