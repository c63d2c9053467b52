import { z } from 'zod';
import { optionalUrl, text } from './env-fields.js';

export const mailSchema = z.object({
  /** Mail server, smtp://user:password@host:587 or smtps://…. Unset: mail is written to the folder `mail` in the data folder. */
  SMTP_URL: optionalUrl(['smtp:', 'smtps:']),
  /** Sender of mail. Default: Besedka <no-reply@localhost>. */
  MAIL_FROM: text('Besedka <no-reply@localhost>'),
});

export interface MailConfig {
  readonly smtpUrl: string | null;
  readonly from: string;
}
