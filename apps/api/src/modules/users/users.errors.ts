import { AppError } from '../../common/errors/app-error.js';

/** F29: the existing account is named to those who may see it. */
export const usernameTaken = (existing: string, named: boolean) =>
  new AppError('username_taken', { fields: field('username', 'username_taken'), data: data(existing, named) });

export const emailTaken = (existing: string, named: boolean) =>
  new AppError('email_taken', { fields: field('email', 'email_taken'), data: data(existing, named) });

/** F29: a name that only looks different from a key account's. */
export const keyAccountExists = (existing: string, named: boolean) =>
  new AppError('key_account_exists', { fields: field('username', 'key_account_exists'), data: data(existing, named) });

/**
 * Several refusals of one form as one answer: the first one's code, everybody's fields. `data.emailTakenBy` names the account with the
 * address when `data.username` already speaks of the name.
 */
export function together(refusals: readonly AppError[]): AppError {
  const [first, second] = refusals;
  if (first === undefined || second === undefined) return first ?? new AppError('internal');
  const emailTakenBy = second.data?.['username'];
  return new AppError(first.code, {
    fields: refusals.flatMap(({ fields }) => fields ?? []),
    data: emailTakenBy === undefined ? first.data : { ...first.data, emailTakenBy },
  });
}

const data = (username: string, named: boolean): { username: string } | undefined => (named ? { username } : undefined);
const field = (path: string, code: string) => [{ path, code, message: code }];
