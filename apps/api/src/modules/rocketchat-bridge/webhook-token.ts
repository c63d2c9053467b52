import type { AppConfig } from '../../config/app-config.js';
import { deriveKey } from '../auth/keys.js';

/** Path of the portal that Rocket.Chat tells about new messages. */
export const WEBHOOK_PATH = '/api/v1/rocketchat/webhook';

/**
 * What proves that an outgoing webhook of Rocket.Chat is ours (member `token` of its body, contract 9). Made from AUTH_SECRET, so that
 * it need not be kept: who writes the webhook and who receives it know it both. Compare in constant time.
 */
export function webhookToken({ auth }: Pick<AppConfig, 'auth'>): string {
  return deriveKey(auth.secret, 'rocketchat-webhook').toString('base64url');
}
