import { DEFAULT_ROLE } from '@besedka/contracts/permissions';
import type { Locale, PutUser, Role, User } from '@besedka/contracts/users';
import type { FormShape } from './editConflict';

/** What the edit form holds. `email` is empty text where there is none: inputs know no null. */
export interface UserFields {
  username: string;
  fullName: string;
  email: string;
  locale: Locale;
  roles: string[];
}

export const USER_FIELD_NAMES = ['fullName', 'username', 'email', 'locale', 'roles'] as const;
export type UserFieldName = (typeof USER_FIELD_NAMES)[number];

export const fieldsOf = (user: Pick<User, 'username' | 'fullName' | 'email' | 'locale' | 'roles'>): UserFields => ({
  username: user.username,
  fullName: user.fullName,
  email: user.email ?? '',
  locale: user.locale,
  roles: [...user.roles],
});

/** Body of `PUT /users/{id}`; the status is left out, which keeps it: disabling has its own button and question. */
export const toPut = (fields: UserFields): PutUser => ({
  username: fields.username,
  fullName: fields.fullName,
  email: fields.email.trim() === '' ? null : fields.email,
  locale: fields.locale,
  roles: [...fields.roles],
});

/** Whether a field means the same in both; the order of roles does not matter. */
export function sameField(a: UserFields, b: UserFields, field: UserFieldName): boolean {
  if (field === 'roles') return [...a.roles].sort().join() === [...b.roles].sort().join();
  return a[field].trim() === b[field].trim();
}

/** What two edits of one account are compared by. */
export const USER_FORM: FormShape<UserFields> = { names: USER_FIELD_NAMES, same: sameField };

export const sameFields = (a: UserFields, b: UserFields): boolean =>
  USER_FIELD_NAMES.every((field) => sameField(a, b, field));

/** Failures that are about one field though the server names none: their text stands beside it. */
export const FIELD_OF_ERROR: Readonly<Partial<Record<string, UserFieldName | 'password'>>> = {
  username_taken: 'username',
  email_taken: 'email',
  role_too_high: 'roles',
  role_unknown: 'roles',
  key_account_exists: 'username',
  last_administrator: 'roles',
  owner_only_by_handover: 'roles',
  password_too_weak: 'password',
};

/** Roles that a new account begins with: the one everybody has, or the lowest that the person may give. */
export function firstRoles(roles: readonly Role[]): string[] {
  const mine = roles.filter(({ assignable }) => assignable).sort((a, b) => a.level - b.level);
  const first = mine.find(({ key }) => key === DEFAULT_ROLE) ?? mine[0];
  return [first?.key ?? DEFAULT_ROLE];
}
