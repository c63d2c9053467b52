import { Module } from '@nestjs/common';
import { AUTHENTICATOR } from '../../common/access/authenticator.js';
import { MailModule } from '../mail/mail.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { UsersModule } from '../users/users.module.js';
import { AuthController } from './auth.controller.js';
import { ContinueController } from './continue.controller.js';
import { CredentialsModule } from './credentials.module.js';
import { ForgottenPasswords } from './forgotten-passwords.js';
import { Housekeeping } from './housekeeping.js';
import { JwtAuthenticator, JwtStrategy } from './jwt.strategy.js';
import { OwnSessionsController } from './own-sessions.controller.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';
import { PrincipalQuery } from './principal.query.js';
import { SignInService } from './sign-in.service.js';

@Module({
  imports: [CredentialsModule, UsersModule, MailModule, OutboxModule],
  controllers: [AuthController, PasswordsController, OwnSessionsController, ContinueController],
  providers: [
    PrincipalQuery,
    JwtStrategy,
    JwtAuthenticator,
    { provide: AUTHENTICATOR, useExisting: JwtAuthenticator },
    SignInService,
    PasswordsService,
    ForgottenPasswords,
    Housekeeping,
  ],
  exports: [AUTHENTICATOR, PrincipalQuery],
})
export class AuthModule {}
