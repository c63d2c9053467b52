import type { Provider, Type } from '@nestjs/common';
import { ClientAdminRepository } from './client-admin.repository.js';
import { ClientAdminService } from './client-admin.service.js';
import { ClientsController } from './clients.controller.js';
import { ClientsRepository } from './clients.repository.js';
import { ClientsService } from './clients.service.js';
import { ConsentsRepository } from './consents.repository.js';
import { ConsentsService } from './consents.service.js';
import { LocalClientSeed } from './local-client-seed.js';
import { OwnApplicationsController } from './own-applications.controller.js';
import { OwnApplicationsService } from './own-applications.service.js';
import { RoleNamesController } from './role-names.controller.js';
import { RoleNamesRepository } from './role-names.repository.js';
import { RoleNamesService } from './role-names.service.js';

/** Clients, consents and role names: what people manage, and what the protocol reads of it. Needs the audit and roles modules. */
export const MANAGEMENT_PROVIDERS: Provider[] = [
  ClientsRepository,
  ClientsService,
  ClientAdminRepository,
  ClientAdminService,
  ConsentsRepository,
  ConsentsService,
  OwnApplicationsService,
  RoleNamesRepository,
  RoleNamesService,
  LocalClientSeed,
];

export const MANAGEMENT_CONTROLLERS: Type[] = [ClientsController, RoleNamesController, OwnApplicationsController];
