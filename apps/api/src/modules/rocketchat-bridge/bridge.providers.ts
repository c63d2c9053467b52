import type { Provider } from '@nestjs/common';
import { BridgeClient } from './bridge-client.js';
import { ProvisioningService } from './provisioning.service.js';
import { RocketChatConnector } from './rocketchat-connector.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { SYNC_PROVIDERS } from './sync/sync.providers.js';

/** Setting up Rocket.Chat. Needs the audit module and the administration of applications. */
export const BRIDGE_PROVIDERS: Provider[] = [
  BridgeClient,
  ProvisioningService,
  RocketChatConnector,
  RoomLinksRepository,
  ...SYNC_PROVIDERS,
];
