import { Module } from '@nestjs/common';
import { CredentialsModule } from '../auth/credentials.module.js';
import { MailModule } from '../mail/mail.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { AccountHooksModule } from './account-hooks.module.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { AvatarController } from './avatar.controller.js';
import { AvatarsRepository } from './avatars.repository.js';
import { AvatarsService } from './avatars.service.js';
import { DirectoryController } from './directory.controller.js';
import { EmailChanges } from './email-changes.js';
import { InvitationsService } from './invitations.service.js';
import { MeController } from './me.controller.js';
import { MeService } from './me.service.js';
import { OwnEmailService } from './own-email.service.js';
import { OwnerController } from './owner.controller.js';
import { OwnerHandoverService } from './owner-handover.service.js';
import { UniqueNames } from './unique-names.js';
import { UserAccessController } from './user-access.controller.js';
import { UserAdminService } from './user-admin.service.js';
import { UserReachService } from './user-reach.service.js';
import { UserSessionsService } from './user-sessions.service.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AccountHooksModule, RolesModule, CredentialsModule, MailModule],
  // The router prefers fixed parts over parameters: `users/me` is not an id, `roles/owner/handover` not a key.
  controllers: [
    MeController,
    AvatarController,
    UsersController,
    UserAccessController,
    OwnerController,
    DirectoryController,
  ],
  providers: [
    UsersRepository,
    AccountsRepository,
    AvatarsRepository,
    UsersService,
    AccountsService,
    MeService,
    AvatarsService,
    UserReachService,
    UniqueNames,
    InvitationsService,
    EmailChanges,
    UserAdminService,
    UserSessionsService,
    OwnerHandoverService,
    OwnEmailService,
  ],
  exports: [AccountHooksModule, UsersService, AccountsService, AvatarsService],
})
export class UsersModule {}
