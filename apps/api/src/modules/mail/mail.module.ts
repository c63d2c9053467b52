import { Module } from '@nestjs/common';
import { OutboxModule } from '../outbox/outbox.module.js';
import { MailService } from './mail.service.js';
import { Mailer } from './mailer.js';

@Module({ imports: [OutboxModule], providers: [MailService, Mailer], exports: [MailService] })
export class MailModule {}
