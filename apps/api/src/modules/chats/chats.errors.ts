import type { ErrorCode } from '@besedka/contracts';
import { AppError, invalidField } from '../../common/errors/app-error.js';

/** No such chat, or not the asking person's: the answer is the same. */
export const chatNotFound = (): AppError => new AppError('chat_not_found');
export const messageNotFound = (): AppError => new AppError('message_not_found');
export const messageDeleted = (): AppError => new AppError('message_deleted');
/** The use case does not exist for this kind of chat, e.g. leaving a channel. */
export const chatKindMismatch = (): AppError => new AppError('chat_kind_mismatch');
export const notChatOwner = (): AppError => new AppError('not_chat_owner');
export const chatFull = (): AppError => new AppError('chat_full');
/** People who cannot be written to or added: unknown, not active, or not in the chat. */
export const userUnavailable = (userIds: readonly string[]): AppError =>
  new AppError('user_unavailable', { data: { userIds: [...userIds] } });
export const directWithOneself = (): AppError =>
  invalidField('userId', 'own_account', 'A direct chat needs another person');

/** Outcomes that the database functions of this module name; each is an error code of the contracts. */
const OUTCOMES = [
  'chat_not_found',
  'message_not_found',
  'message_deleted',
  'not_message_author',
  'client_id_reused',
  'user_unavailable',
  'forbidden',
] as const satisfies readonly ErrorCode[];

/** The refusal that a database function answered with. */
export function refusalOf(outcome: string): Error {
  const code = OUTCOMES.find((known) => known === outcome);
  return code === undefined ? new Error(`unknown outcome of a chat function: ${outcome}`) : new AppError(code);
}
