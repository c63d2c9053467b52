import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { type RequestContext, systemContext } from '../../common/context/request-context.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { MailService } from '../mail/mail.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { LinkTokensService } from './link-tokens.service.js';

const TOPIC = 'password-reset';
/** Seconds within which one account gets one letter, however often somebody asks. */
const ONE_LETTER_PER_SECONDS = 60;

const payloadSchema = z.object({ login: z.string() });

/**
 * "I forgot my password." The request only notes the login and is answered; whether there is such an account is looked up
 * afterwards. So the answer and its time are the same for everybody, and the wish survives a crash.
 */
@Injectable()
export class ForgottenPasswords implements OnModuleInit {
  constructor(
    private readonly accounts: AccountsService,
    private readonly links: LinkTokensService,
    private readonly mail: MailService,
    private readonly outbox: OutboxService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.outbox.handle(TOPIC, (entry) => this.sendLink(payloadSchema.parse(entry.payload).login));
  }

  /** Notes the wish. */
  async ask(ctx: RequestContext, login: string): Promise<void> {
    const key = createHash('sha256').update(login.toLowerCase()).digest('hex');
    await this.unitOfWork.run(ctx, (tx) => this.outbox.add(tx, TOPIC, key, { login }));
  }

  private async sendLink(login: string): Promise<void> {
    await this.unitOfWork.run(systemContext(TOPIC), async (tx) => {
      const found = await this.accounts.byLogin(login, tx);
      const account = found === null ? null : await this.accounts.lock(tx, found.id);
      if (account === null || account.status !== 'active' || account.email === null) return;
      if (await this.links.madeWithin(tx, account.id, 'reset', ONE_LETTER_PER_SECONDS)) return;
      const { token } = await this.links.create(tx, account.id, 'reset');
      await this.mail.sendLink(tx, 'reset', { ...account, email: account.email }, token);
    });
  }
}
