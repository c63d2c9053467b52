import type { Provider, Type } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.js';
import { IdTokensService } from './id-tokens.service.js';
import { ConfirmedLogoutController, LogoutController } from './logout.controller.js';
import { LogoutService } from './logout.service.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import { SigningKeysSchedule } from './signing-keys.schedule.js';
import { SigningKeysService } from './signing-keys.service.js';

/** OpenID Connect on top of the grants: keys, id tokens, metadata, logout. */
export const OIDC_PROVIDERS: Provider[] = [
  SigningKeysRepository,
  SigningKeysService,
  SigningKeysSchedule,
  IdTokensService,
  LogoutService,
];
export const OIDC_CONTROLLERS: Type[] = [DiscoveryController, LogoutController, ConfirmedLogoutController];
