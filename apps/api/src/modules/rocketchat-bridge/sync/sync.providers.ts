import type { Provider } from '@nestjs/common';
import { AccountMaker } from './account-maker.js';
import { AccountWriter } from './account-writer.js';
import { SyncedChatIdentity } from './chat-identity.js';
import { Everybody } from './everybody.js';
import { Holders } from './holders.js';
import { LinksRepository } from './links.repository.js';
import { LinksService } from './links.service.js';
import { MembershipsService } from './memberships.service.js';
import { PeopleRepository } from './people.repository.js';
import { SyncAdminService } from './sync-admin.service.js';
import { SyncPeopleRepository } from './sync-people.repository.js';
import { SyncQueue } from './sync-queue.js';
import { SyncWorker } from './sync-worker.js';
import { SyncController } from './sync.controller.js';
import { SyncService } from './sync.service.js';

/** Accounts and memberships in step with the portal: what the command line gets too. Needs `OutboxService`. */
export const SYNC_PROVIDERS: Provider[] = [
  AccountMaker,
  AccountWriter,
  Everybody,
  Holders,
  LinksRepository,
  LinksService,
  MembershipsService,
  PeopleRepository,
  SyncQueue,
  SyncService,
];

/** What runs by itself in a server. */
export const SYNC_SERVER_PROVIDERS: Provider[] = [
  SyncAdminService,
  SyncedChatIdentity,
  SyncPeopleRepository,
  SyncWorker,
];

export const SYNC_CONTROLLERS = [SyncController];
