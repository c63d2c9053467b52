import type { Provider } from '@nestjs/common';
import { BackupKeeper } from './backup-keeper.js';
import { BackupService } from './backup.service.js';
import { BackupsRepository } from './backups.repository.js';
import { BridgeClient } from './bridge-client.js';
import { DriftRepository } from './drift.repository.js';
import { DriftService } from './drift.service.js';
import { Members } from './members.js';
import { ProvisioningGround } from './provisioning-ground.js';
import { ProvisioningService } from './provisioning.service.js';
import { Restorer } from './restorer.js';
import { RocketChatConnector } from './rocketchat-connector.js';
import { RollbackService } from './rollback.service.js';
import { RoomLinksRepository } from './room-links.repository.js';
import { SYNC_PROVIDERS } from './sync/sync.providers.js';
import { VERIFY_PROVIDERS } from './verify/verify.providers.js';
import { WritingLock } from './writing-lock.js';

/** Setting up Rocket.Chat. Needs the audit module and the administration of applications. */
export const BRIDGE_PROVIDERS: Provider[] = [
  BackupKeeper,
  BackupService,
  BackupsRepository,
  BridgeClient,
  DriftRepository,
  DriftService,
  Members,
  ProvisioningGround,
  ProvisioningService,
  Restorer,
  RocketChatConnector,
  RollbackService,
  RoomLinksRepository,
  WritingLock,
  ...SYNC_PROVIDERS,
  ...VERIFY_PROVIDERS,
];
