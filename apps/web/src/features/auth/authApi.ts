import type { ActivationInfo } from '@besedka/contracts/auth';
import { http } from '../../shared/api/client';

const visitor = { session: false } as const;

/** Whom an activation link is for; refused with `token_invalid`. */
export const readActivation = (token: string): Promise<ActivationInfo> =>
  http.get<ActivationInfo>('auth/activation', { ...visitor, query: { token } });

/** Sets the first password and signs in. */
export const activate = (token: string, password: string, locale: 'ru' | 'en'): Promise<void> =>
  http.post('auth/activate', { token, password, locale }, visitor);

/** Asks for a reset link; the answer tells nothing about the account. */
export const forgotPassword = (login: string): Promise<void> => http.post('auth/forgot', { login }, visitor);

/** Whether a reset link can still be used; refused with `token_invalid`. */
export const checkResetLink = (token: string): Promise<void> =>
  http.get('auth/reset', { ...visitor, query: { token } });

/** Sets a new password by a mailed link; ends all sessions of the account. */
export const resetPassword = (token: string, password: string): Promise<void> =>
  http.post('auth/reset', { token, password }, visitor);
