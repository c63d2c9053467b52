import { toApiError, type AnyErrorCode } from '../../../shared/api/errors';
import type { Refusal } from './outbox';

/** Failures that say nothing about the message: it will be tried again by itself. */
const PASSING = new Set<AnyErrorCode>([
  'network',
  'timeout',
  'unexpected',
  'internal',
  'database_unavailable',
  'shutting_down',
  'rate_limited',
  'unauthenticated',
  'session_ended',
]);

/** Whether a message that was not taken may be taken later, or never. */
export function explainSendFailure(error: unknown): Refusal {
  const { code, retryAfter } = toApiError(error);
  if (!PASSING.has(code)) return { kind: 'never', code };
  return { kind: 'again', code, ...(retryAfter !== undefined && { afterMs: retryAfter * 1000 }) };
}
