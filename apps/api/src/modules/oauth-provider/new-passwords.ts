import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionsService } from '../auth/sessions.service.js';
import { endGrants } from './grant-ending.js';

/**
 * A new password ends every token that applications hold of the person, also those of the sign-in in which it was changed: whoever
 * got hold of one is out.
 */
@Injectable()
export class NewPasswords implements OnModuleInit {
  constructor(private readonly sessions: SessionsService) {}

  onModuleInit(): void {
    this.sessions.onNewPassword(async (tx, userId) => {
      await endGrants(tx, { userId }, 'password_changed');
    });
  }
}
