import type { RocketChatRunFailure } from '@besedka/contracts';
import { isRocketChatError } from '@besedka/rocketchat';
import { StartupError } from '../../../config/config-error.js';
import { TakeoverError } from '../takeover-error.js';

/** What people may know of a failure. A fault of the program is `internal`: the log has it. */
export function failureOf(error: unknown): RocketChatRunFailure {
  const cause = error instanceof Error && isRocketChatError(error.cause) ? error.cause : error;
  const sentence = error instanceof StartupError ? error.message : null;
  if (isRocketChatError(cause)) return { kind: cause.kind, sentence };
  if (error instanceof TakeoverError) return { kind: 'takeover', sentence, facts: { username: error.username } };
  return sentence === null ? { kind: 'internal', sentence } : { kind: 'settings', sentence };
}
