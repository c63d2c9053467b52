import type { Session } from '@besedka/contracts/auth';
import type { OwnApplication } from '@besedka/contracts/oauth';
import { http } from '../../../shared/api/client';

/** Stores a picture; the server checks the content, cuts the square from the middle and makes the sizes. */
export function uploadAvatar(file: Blob): Promise<unknown> {
  const form = new FormData();
  form.set('file', file);
  return http.put('users/me/avatar', form, { timeout: 120_000 });
}

export const removeAvatar = (): Promise<void> => http.delete('users/me/avatar');

/** Ends all other sessions as well. */
export const changePassword = (currentPassword: string, newPassword: string): Promise<void> =>
  http.post('auth/password', { currentPassword, newPassword });

/** Links to a new password go to this address: the server asks for the current one, and tells the address before. */
export const changeEmail = (email: string, currentPassword: string): Promise<unknown> =>
  http.put('users/me/email', { email, currentPassword });

export const fetchSessions = (): Promise<{ items: Session[] }> => http.get('auth/sessions');
export const endSession = (id: string): Promise<void> => http.delete(`auth/sessions/${id}`);
/** All but the one that asks. */
export const endOtherSessions = (): Promise<void> => http.delete('auth/sessions');

/** Applications that one signs in to with this account. */
export const fetchApplications = (): Promise<{ items: OwnApplication[] }> => http.get('users/me/applications');
/** Takes back what was allowed; its tokens stop at once. */
export const revokeApplication = (id: string): Promise<void> => http.delete(`users/me/applications/${id}`);
