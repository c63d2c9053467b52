import { Module } from '@nestjs/common';
import { SERVICE_AUTHENTICATOR } from '../../common/access/authenticator.js';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CredentialsModule } from '../auth/credentials.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthorizeController } from './authorize.controller.js';
import { AuthorizeService } from './authorize.service.js';
import { ChatIdentities } from './chat-identities.js';
import { ClientAdminService } from './client-admin.service.js';
import { ClientAuthentication } from './client-authentication.js';
import { ConsentController } from './consent.controller.js';
import { ConsentFlow } from './consent-flow.js';
import { DeviceCodes } from './device-codes.js';
import { DeviceCodesRepository } from './device-codes.repository.js';
import { GrantsRepository } from './grants.repository.js';
import { IdentityController } from './identity.controller.js';
import { MANAGEMENT_CONTROLLERS, MANAGEMENT_PROVIDERS } from './management.providers.js';
import { NewPasswords } from './new-passwords.js';
import { OAuthHousekeeping } from './oauth-housekeeping.js';
import { OIDC_CONTROLLERS, OIDC_PROVIDERS } from './oidc.providers.js';
import { PageLooks } from './page-looks.js';
import { PicturesController } from './pictures.controller.js';
import { ReplayedGrants } from './replayed-grants.js';
import { TokenServiceAuthenticator } from './service-authenticator.js';
import { TokenController } from './token.controller.js';
import { TokenInspection } from './token-inspection.js';
import { TokenLookup } from './token-lookup.js';
import { TokenService } from './token.service.js';

/** Signing in to other applications: OAuth 2 and OpenID Connect, the clients and what people allowed them. */
@Module({
  imports: [AuditModule, AuthModule, CredentialsModule, RolesModule, UsersModule],
  controllers: [
    AuthorizeController,
    TokenController,
    IdentityController,
    ConsentController,
    PicturesController,
    ...OIDC_CONTROLLERS,
    ...MANAGEMENT_CONTROLLERS,
  ],
  providers: [
    AuthorizeService,
    ChatIdentities,
    ClientAuthentication,
    ConsentFlow,
    DeviceCodes,
    DeviceCodesRepository,
    GrantsRepository,
    NewPasswords,
    OAuthHousekeeping,
    PageLooks,
    ReplayedGrants,
    TokenInspection,
    TokenLookup,
    TokenService,
    TokenServiceAuthenticator,
    { provide: SERVICE_AUTHENTICATOR, useExisting: TokenServiceAuthenticator },
    ...OIDC_PROVIDERS,
    ...MANAGEMENT_PROVIDERS,
  ],
  exports: [ChatIdentities, ClientAdminService],
})
export class OAuthProviderModule {}
