import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OAuthProviderModule } from '../oauth-provider/oauth-provider.module.js';
import { BRIDGE_PROVIDERS } from './bridge.providers.js';
import { RocketChatConnection } from './rocketchat-connection.js';
import { RUNS_CONTROLLERS, RUNS_PROVIDERS } from './runs/runs.providers.js';

/** A Rocket.Chat server as part of the portal. */
@Module({
  imports: [AuditModule, OAuthProviderModule],
  controllers: [...RUNS_CONTROLLERS],
  providers: [...BRIDGE_PROVIDERS, RocketChatConnection, ...RUNS_PROVIDERS],
})
export class RocketChatBridgeModule {}
