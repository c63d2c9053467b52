import { Injectable } from '@nestjs/common';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { LinkTokensService } from '../auth/link-tokens.service.js';
import { MailService } from '../mail/mail.service.js';
import { InvitationsService } from './invitations.service.js';
import type { UserFields } from './users.repository.js';
import type { UserRow } from './users.rows.js';

/** What follows when the address of an account has changed, whoever changed it. */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly links: LinkTokensService,
    private readonly invitations: InvitationsService,
    private readonly mail: MailService,
  ) {}

  /** Links in letters to the former address are worth nothing any more, and its reader is told. */
  async announce(tx: UnitOfWorkTx, before: UserRow, after: UserFields): Promise<void> {
    const { id, email } = before;
    await this.links.void(tx, id, 'reset');
    await this.links.void(tx, id, 'activate');
    if (email !== null) await this.mail.sendNotice(tx, 'email_changed', { ...before, email });
    if (after.status === 'invited' && after.email !== null) {
      await this.invitations.send(tx, { ...after, id, email: after.email });
    }
  }
}
