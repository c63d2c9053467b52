import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CredentialsModule } from '../auth/credentials.module.js';
import { OAuthProviderModule } from '../oauth-provider/oauth-provider.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { AccountHooksModule } from '../users/account-hooks.module.js';
import { AUTO_APPLY_PROVIDERS } from './auto-apply/auto-apply.providers.js';
import { BRIDGE_PROVIDERS } from './bridge.providers.js';
import { CHECKS_CONTROLLERS, CHECKS_PROVIDERS } from './checks/checks.providers.js';
import { DOCTOR_CONTROLLERS, DOCTOR_PROVIDERS } from './doctor/doctor.providers.js';
import { DriftSchedule } from './drift.schedule.js';
import { RocketChatConnection } from './rocketchat-connection.js';
import { RUNS_CONTROLLERS, RUNS_PROVIDERS } from './runs/runs.providers.js';
import { SIGN_IN_CONTROLLERS, SIGN_IN_PROVIDERS } from './sign-in/sign-in.providers.js';
import { SYNC_CONTROLLERS, SYNC_SERVER_PROVIDERS } from './sync/sync.providers.js';
import { UNREAD_CONTROLLERS, UNREAD_PROVIDERS } from './unread/unread.providers.js';

/** A Rocket.Chat server as part of the portal. */
@Module({
  imports: [AccountHooksModule, AuditModule, CredentialsModule, OAuthProviderModule, OutboxModule],
  controllers: [
    ...DOCTOR_CONTROLLERS,
    ...RUNS_CONTROLLERS,
    ...CHECKS_CONTROLLERS,
    ...SIGN_IN_CONTROLLERS,
    ...SYNC_CONTROLLERS,
    ...UNREAD_CONTROLLERS,
  ],
  providers: [
    ...BRIDGE_PROVIDERS,
    RocketChatConnection,
    DriftSchedule,
    ...DOCTOR_PROVIDERS,
    ...RUNS_PROVIDERS,
    ...AUTO_APPLY_PROVIDERS,
    ...CHECKS_PROVIDERS,
    ...SIGN_IN_PROVIDERS,
    ...SYNC_SERVER_PROVIDERS,
    ...UNREAD_PROVIDERS,
  ],
})
export class RocketChatBridgeModule {}
