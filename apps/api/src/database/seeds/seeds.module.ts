import { Module } from '@nestjs/common';
import { CredentialsModule } from '../../modules/auth/credentials.module.js';
import { RolesModule } from '../../modules/roles/roles.module.js';
import { UsersModule } from '../../modules/users/users.module.js';
import { FirstAccounts } from './first-accounts.js';

@Module({ imports: [RolesModule, UsersModule, CredentialsModule], providers: [FirstAccounts] })
export class SeedsModule {}
