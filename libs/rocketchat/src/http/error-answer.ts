import { RocketChatError, type RocketChatErrorKind } from '../errors.js';
import { isRecord } from './json.js';

/** An answer that is not a success, as far as it could be read. */
export interface FailedAnswer {
  readonly route: string;
  readonly status: number;
  /** The parsed body; undefined when it was not JSON. */
  readonly body: unknown;
  /** Milliseconds to wait, already taken from the headers. */
  readonly retryAfterMs?: number;
}

/** Codes that mean one thing, wherever they come from. Sources: server source 7.0, release notes of 8.x and 9.0. */
const KIND_BY_CODE: Readonly<Record<string, RocketChatErrorKind>> = {
  'totp-required': 'second-factor',
  'totp-invalid': 'second-factor',
  'totp-max-attempts': 'second-factor',
  'error-too-many-requests': 'rate-limited',
  'too-many-requests': 'rate-limited',

  'error-login-blocked-for-user': 'unauthorized',
  'error-login-blocked-for-ip': 'unauthorized',
  'error-user-is-not-activated': 'unauthorized',

  unauthorized: 'forbidden',
  'error-unauthorized': 'forbidden',
  'error-forbidden': 'forbidden',
  'error-not-allowed': 'forbidden',
  'not-authorized': 'forbidden',
  // users.createToken with the wrong secret.
  'error-not-authorized': 'forbidden',

  'error-action-not-allowed': 'refused',
  'error-admin-required': 'refused',
  'error-you-are-last-owner': 'refused',
  'user-last-owner': 'refused',
  'error-cant-remove-last-owner': 'refused',
  'error-remove-last-owner': 'refused',
  'error-max-rooms-per-guest-reached': 'refused',
  'error-license-user-limit-reached': 'refused',

  'error-room-not-found': 'not-found',
  'error-user-not-found': 'not-found',
  'error-invalid-user': 'not-found',
  'error-invalid-room': 'not-found',
  'error-invalid-subscription': 'not-found',
  'error-role-not-found': 'not-found',
  'error-invalid-role': 'not-found',
  'error-invalid-integration': 'not-found',
  'error-setting-not-found': 'not-found',

  'error-user-already-in-role': 'already-so',
  'error-user-not-in-role': 'already-so',
  'error-user-already-moderator': 'already-so',
  'error-user-not-moderator': 'already-so',
  'error-user-already-owner': 'already-so',
  'error-user-not-owner': 'already-so',
  'error-user-already-leader': 'already-so',
  'error-user-not-leader': 'already-so',
  'error-channels-setdefault-is-same': 'already-so',
  // Said for an unchanged value: the two codes are swapped, and this client never leaves the parameter out.
  'error-channels-setdefault-missing-default-param': 'already-so',

  'error-field-unavailable': 'conflict',
  'error-duplicate-channel-name': 'conflict',
  'error-archived-duplicate-name': 'conflict',
  'error-room-archived': 'conflict',
  'error-user-not-in-room': 'conflict',

  'invalid-params': 'invalid',
  'error-setting-validation-failed': 'invalid',
  'error-empty-invite-list': 'invalid',
  'error-blocked-username': 'invalid',
};

/** What says the same without a code, or with one of which only the beginning is known. */
const KIND_BY_TEXT: readonly (readonly [RegExp, RocketChatErrorKind])[] = [
  [/^totp[ -]required\b|^totp[ -]invalid\b/i, 'second-factor'],
  [/too many requests/i, 'rate-limited'],
  [/must be logged in/i, 'unauthorized'],
  [/same as what it would be (?:changed|renamed) to|is not archived|already archived/i, 'already-so'],
  [/already in use|already exists|already taken/i, 'conflict'],
  [/not found|does not (?:match|exist)|no such/i, 'not-found'],
  [/do(?:es)? not have (?:the )?permission|not allowed/i, 'forbidden'],
];

/**
 * Makes the error of an answer. Tolerates the forms seen in the wild: the code in `errorType`, at the end of the text as `[code]`, or
 * instead of a text; the text in `error` or `message`; a missing body.
 */
export function errorOf({ route, status, body, retryAfterMs }: FailedAnswer): RocketChatError {
  const { text, errorType, details } = readFailure(body);
  const kind = kindOf(status, errorType, text);
  const wait = kind === 'rate-limited' ? (secondsIn(text) ?? retryAfterMs) : retryAfterMs;
  return new RocketChatError({ kind, route, status, errorType, text, details, retryAfterMs: wait });
}

function readFailure(body: unknown): { text?: string; errorType?: string; details?: unknown } {
  if (!isRecord(body)) return {};
  const text = [body.error, body.message].find((part): part is string => typeof part === 'string' && part !== '');
  const details = body.details;
  if (typeof body.errorType === 'string' && body.errorType !== '') return { text, errorType: body.errorType, details };
  const inText = text && /\[([\w.-]+)\]\s*$/.exec(text)?.[1];
  // A login answers `error: 'totp-required', message: 'TOTP Required [totp-required]'`; 9.0 may say `error: 'unauthorized'` alone.
  const alone = typeof body.error === 'string' && /^[a-z\d]+(?:-[a-z\d]+)*$/.test(body.error) ? body.error : undefined;
  // Meteor's numeric codes ("Username already exists. [403]") say nothing of their own.
  const errorType = [inText, alone].find((code) => code && !/^\d+$/.test(code));
  return { text, errorType: errorType || undefined, details };
}

function kindOf(status: number, code: string | undefined, text: string | undefined): RocketChatErrorKind {
  if (status === 429) return 'rate-limited';
  const known = code === undefined ? undefined : KIND_BY_CODE[code];
  if (status === 401) return known === 'second-factor' || known === 'rate-limited' ? known : 'unauthorized';
  if (known) return known;
  if (status >= 500) return 'unavailable';
  const told = text === undefined ? undefined : KIND_BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
  if (told) return told;
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 405) return 'not-found';
  if (status === 409) return 'conflict';
  if (status >= 300 && status < 400) return 'unexpected-answer';
  return code !== undefined && /^(?:error-)?invalid-/.test(code) ? 'invalid' : 'refused';
}

/** "You must wait 37 seconds …": more exact than the headers, which a proxy may have dropped. */
function secondsIn(text: string | undefined): number | undefined {
  const seconds = text && /wait (\d+) seconds?/i.exec(text)?.[1];
  return seconds ? Number(seconds) * 1000 : undefined;
}
