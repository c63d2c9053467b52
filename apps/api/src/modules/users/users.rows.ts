import type { Locale, Theme, UserStatus } from '@besedka/contracts';

/** The columns of an account that its readers get, with the keys of its roles. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string;
  readonly avatarVersion: number;
  readonly locale: Locale;
  readonly theme: Theme;
  readonly enterSends: boolean;
  readonly status: UserStatus;
  readonly hasPassword: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly lastSeenAt: Date | null;
  readonly roles: string[];
}

/** A row of a sorted list, with the value it is sorted by as exact text. */
export type ListedUserRow = UserRow & { readonly sortKey: string };

export type SummaryRow = Pick<UserRow, 'id' | 'username' | 'fullName' | 'avatarVersion'>;

/** What readers of whole accounts select; `u` is the users table. */
export const USER_COLUMNS = `
  u.id, u.username, u.email, u.full_name AS "fullName", u.avatar_version AS "avatarVersion", u.locale, u.theme,
  u.enter_sends AS "enterSends", u.status, u.password_hash IS NOT NULL AS "hasPassword", u.version,
  u.created_at AS "createdAt", u.last_seen_at AS "lastSeenAt",
  ARRAY(SELECT role_key::text FROM user_roles ur WHERE ur.user_id = u.id ORDER BY role_key) AS roles`;

export const SUMMARY_COLUMNS = `u.id, u.username, u.full_name AS "fullName", u.avatar_version AS "avatarVersion"`;
