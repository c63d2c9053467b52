import { Injectable } from '@nestjs/common';
import type { Locale } from '@besedka/contracts';
import { AppConfig } from '../../config/app-config.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { OutboxService } from '../outbox/outbox.service.js';
import type { MailKind } from './mail.templates.js';

/** Outbox topic of letters. */
export const MAIL_TOPIC = 'mail';

/** To whom a letter goes. */
export interface Recipient {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly fullName: string;
  readonly locale: Locale;
}

/** Promises letters; they leave after the commit, in order per person, and survive a crash. */
@Injectable()
export class MailService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
  ) {}

  /** Whether letters really travel, or are only written into the data folder. */
  get reachesPeople(): boolean {
    return this.config.mail.smtpUrl !== null;
  }

  /** A letter with a link to the activation or the reset page. */
  sendLink(tx: UnitOfWorkTx, kind: 'activate' | 'reset', to: Recipient, token: string): Promise<void> {
    return this.send(tx, kind, to, `${this.config.http.publicUrl}/${kind}?token=${encodeURIComponent(token)}`);
  }

  /** A letter that only tells something; of a changed address it goes to the one before. */
  sendNotice(tx: UnitOfWorkTx, kind: 'password_changed' | 'email_changed', to: Recipient): Promise<void> {
    return this.send(tx, kind, to, null);
  }

  private send(tx: UnitOfWorkTx, kind: MailKind, to: Recipient, link: string | null): Promise<void> {
    const { id, email, username, fullName, locale } = to;
    return this.outbox.add(tx, MAIL_TOPIC, id, { kind, to: email, locale, username, fullName, link });
  }
}
