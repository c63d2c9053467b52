import type { ErrorCode } from '@besedka/contracts';
import { AppError, invalidField } from '../../common/errors/app-error.js';
import type { Refusal } from './reach.js';

/** Refuses when a rule said so. @throws AppError with the rule's code */
export function assertAllowed(refusal: Refusal): void {
  if (refusal !== null) throw new AppError(refusal satisfies ErrorCode);
}

export const roleUnknown = (keys: readonly string[]) => new AppError('role_unknown', { data: { roles: keys } });
export const roleKeyTaken = (key: string) => new AppError('role_key_taken', { data: { key } });
export const managesUnknown = (key: string) => invalidField('manages', 'role_unknown', `no role ${key}`);
