import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AppConfig } from '../../config/app-config.js';
import { deriveKey } from './keys.js';
import { LinkTokensService } from './link-tokens.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordHasher } from './password-hasher.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { ThrottleService } from './throttle.service.js';

const SERVICES = [LinkTokensService, PasswordCheck, PasswordHasher, SessionsService, ThrottleService];

/** Passwords, sessions, links and delays: knows ids, not people. Users and sign-in build upon it. */
@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [AppConfig],
      useFactory: (config: AppConfig) => ({
        secret: deriveKey(config.auth.secret, 'access-token'),
        signOptions: { algorithm: 'HS256', expiresIn: config.auth.accessTokenSeconds },
      }),
    }),
  ],
  providers: [SessionsRepository, ...SERVICES],
  exports: SERVICES,
})
export class CredentialsModule {}
