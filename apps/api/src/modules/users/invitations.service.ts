import { Injectable } from '@nestjs/common';
import type { invitation } from '@besedka/contracts';
import type { z } from 'zod';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { LinkTokensService } from '../auth/link-tokens.service.js';
import { MailService, type Recipient } from '../mail/mail.service.js';
import { reachRefusal } from '../roles/reach.js';
import { UserReachService } from './user-reach.service.js';

export type Invitation = z.infer<typeof invitation>;

/** Links by which invited people choose a password. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly reach: UserReachService,
    private readonly links: LinkTokensService,
    private readonly mail: MailService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Makes a link, voids those before, and promises the letter. */
  async send(tx: UnitOfWorkTx, to: Recipient): Promise<Invitation> {
    const { token, expiresAt } = await this.links.create(tx, to.id, 'activate');
    await this.mail.sendLink(tx, 'activate', to, token);
    return { userId: to.id, expiresAt: expiresAt.toISOString(), mailed: this.mail.reachesPeople };
  }

  /** Invites again. @throws AppError `not_found`, `out_of_reach`, `user_not_invited`, `validation_failed` without an address */
  again(ctx: RequestContext, id: string): Promise<Invitation> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const acting = await this.reach.begin(ctx, tx, 'users:create');
      const { username, email, fullName, locale, status } = await this.reach.target(tx, acting, id, reachRefusal);
      if (status !== 'invited') throw new AppError('user_not_invited');
      if (email === null) throw invalidField('email', 'email_needed', 'an invitation needs an e-mail address');
      return this.send(tx, { id, username, email, fullName, locale });
    });
  }
}
