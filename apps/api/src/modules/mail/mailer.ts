import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import type { Logger } from 'pino';
import { z } from 'zod';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { type OutboxEntry, OutboxService } from '../outbox/outbox.service.js';
import { MAIL_TOPIC } from './mail.service.js';
import { type Letter, renderLetter } from './mail.templates.js';

/** Milliseconds after which a silent mail server is given up; far below the outbox's lease. */
const SMTP_TIMEOUT_MS = 15_000;

const payloadSchema = z.object({
  kind: z.enum(['activate', 'reset', 'password_changed', 'email_changed']),
  to: z.string(),
  locale: z.enum(['ru', 'en']),
  username: z.string(),
  fullName: z.string(),
  link: z.string().nullable(),
});

/** Delivers letters: by SMTP where a server is configured, otherwise as files in the data folder. Never logs a link. */
@Injectable()
export class Mailer implements OnModuleInit, OnModuleDestroy {
  private transport: Transporter | null = null;

  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.outbox.handle(MAIL_TOPIC, (entry) => this.deliver(entry));
    const url = this.config.mail.smtpUrl;
    if (url === null) return;
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
      // A letter's parts are ours; nothing may make the mailer read files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  onModuleDestroy(): void {
    this.transport?.close();
  }

  /** Folder of the letters where no mail server is configured. */
  get folder(): string {
    return join(this.config.dataDir, 'mail');
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const { kind, to, locale, ...data } = payloadSchema.parse(entry.payload);
    const letter = renderLetter(kind, locale, { ...data, portal: this.config.http.publicUrl });
    if (this.transport === null) await this.write(entry, to, letter);
    else {
      await this.transport.sendMail({
        from: this.config.mail.from,
        to: { name: data.fullName, address: to },
        ...letter,
        // The same for every attempt, so that mail programs can drop a repeated delivery.
        messageId: `<${entry.id}@${new URL(this.config.http.publicUrl).hostname}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    }
    this.logger.info({ kind, entry: entry.id, written: this.transport === null }, 'mail delivered');
  }

  /** The name is the entry's, so that a repeated delivery overwrites its first. Only the owner may read: links sign in. */
  private async write(entry: OutboxEntry, to: string, letter: Letter): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `${entry.id}.txt`);
    const head = [`From: ${this.config.mail.from}`, `To: ${to}`, `Subject: ${letter.subject}`];
    await writeFile(path, `${head.join('\n')}\n\n${letter.text}`, { mode: 0o600 });
    await chmod(path, 0o600);
  }
}
