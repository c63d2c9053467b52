import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { OAuthProviderModule } from '../oauth-provider/oauth-provider.module.js';
import { BRIDGE_PROVIDERS } from './bridge.providers.js';
import { RocketChatConnection } from './rocketchat-connection.js';

/** A Rocket.Chat server as part of the portal. */
@Module({
  imports: [AuditModule, OAuthProviderModule],
  providers: [...BRIDGE_PROVIDERS, RocketChatConnection],
})
export class RocketChatBridgeModule {}
