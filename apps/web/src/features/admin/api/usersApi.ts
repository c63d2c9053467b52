import type { Session } from '@besedka/contracts/auth';
import type { Page } from '@besedka/contracts/paging';
import type { CreateUser, PatchUser, PutUser, Role, User } from '@besedka/contracts/users';
import { http } from '../../../shared/api/client';
import type { UserListState } from '../logic/userListState';

/** What an invitation answers: whether a message really left by SMTP, and until when the link works (ISO 8601 UTC). */
export interface Invitation {
  userId: string;
  expiresAt: string;
  mailed: boolean;
}

/** Rows fetched at once: two screens of a large monitor. */
const PAGE_ROWS = 50;

/** One page of users after `cursor`, in the order and under the filters of `state`. */
export function fetchUsers(state: UserListState, cursor: string | null, signal?: AbortSignal): Promise<Page<User>> {
  const { q, role, status, sort, direction } = state;
  return http.get('users', { query: { q, role, status, sort, direction, cursor, limit: PAGE_ROWS }, signal });
}

/** The newest state of one user; fails with `not_found` when it was deleted. */
export const fetchUser = (id: string, signal?: AbortSignal): Promise<User> => http.get(`users/${id}`, { signal });

/** Roles with what the asking person may do with them (`assignable`). */
export const fetchRoles = (): Promise<{ items: Role[] }> => http.get('roles');

export const createUser = (body: CreateUser): Promise<User> => http.post('users', body);

/**
 * Stores the whole form (F24: this very address answered 405 once).
 * @throws ApiError `version_conflict` with the newest user in `current` when `version` is no longer the stored one
 */
export const saveUser = (id: string, version: number, body: PutUser): Promise<User> =>
  http.put(`users/${id}`, body, { version });

/** Changes single fields; conflicts as in {@link saveUser}. */
export const patchUser = (id: string, version: number, body: PatchUser): Promise<User> =>
  http.patch(`users/${id}`, body, { version });

export const deleteUser = (id: string, version: number): Promise<void> => http.delete(`users/${id}`, { version });

/** Sends a fresh activation link; the former one stops working. */
export const inviteUser = (id: string): Promise<Invitation> => http.post(`users/${id}/invite`, {});

export const fetchUserSessions = (id: string): Promise<{ items: Session[] }> => http.get(`users/${id}/sessions`);

/** Signs the person out everywhere, open windows included. */
export const endUserSessions = (id: string): Promise<void> => http.delete(`users/${id}/sessions`);

/** Lets somebody whose sign-ins failed too often try again at once. */
export const liftSignInDelay = (id: string): Promise<void> => http.delete(`users/${id}/sign-in-delay`);

/** Makes `userId` the owner and the caller a moderator, in one step; `password` is the caller's own. */
export const handOverOwner = (userId: string, password: string): Promise<void> =>
  http.post('roles/owner/handover', { userId, password });
