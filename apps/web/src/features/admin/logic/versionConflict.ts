import { sameField, USER_FIELD_NAMES, type UserFieldName, type UserFields } from './userForm';

export type Side = 'mine' | 'theirs';
export type Choices = Partial<Record<UserFieldName, Side>>;

/** A field in which my form and the stored user differ. */
export interface FieldDifference {
  field: UserFieldName;
  /** Who really changed it; "both" is a true conflict, which only the person can decide. */
  changedBy: Side | 'both';
}

/**
 * Compares two edits of one user that began from the same version.
 *
 * @param base   what I began to edit
 * @param mine   what my form says now
 * @param theirs what somebody else has stored meanwhile
 * @returns the fields to show side by side; those in which both say the same are not among them
 */
export function differences(base: UserFields, mine: UserFields, theirs: UserFields): FieldDifference[] {
  return USER_FIELD_NAMES.filter((field) => !sameField(mine, theirs, field)).map((field) => {
    if (sameField(mine, base, field)) return { field, changedBy: 'theirs' };
    if (sameField(theirs, base, field)) return { field, changedBy: 'mine' };
    return { field, changedBy: 'both' };
  });
}

/** What is chosen before the person chooses: a change nobody disputes stays, a true conflict is left open. */
export function undisputed(list: readonly FieldDifference[]): Choices {
  const choices: Choices = {};
  for (const { field, changedBy } of list) if (changedBy !== 'both') choices[field] = changedBy;
  return choices;
}

export const allFrom = (list: readonly FieldDifference[], side: Side): Choices =>
  Object.fromEntries(list.map(({ field }) => [field, side]));

/** Fields that still wait for a decision. */
export const undecided = (list: readonly FieldDifference[], choices: Choices): UserFieldName[] =>
  list.filter(({ field }) => !choices[field]).map(({ field }) => field);

/** The form after the choice: theirs, with my values where mine were chosen. */
export function merge(mine: UserFields, theirs: UserFields, choices: Choices): UserFields {
  const merged: UserFields = { ...theirs, roles: [...theirs.roles] };
  if (choices.fullName === 'mine') merged.fullName = mine.fullName;
  if (choices.username === 'mine') merged.username = mine.username;
  if (choices.email === 'mine') merged.email = mine.email;
  if (choices.locale === 'mine') merged.locale = mine.locale;
  if (choices.roles === 'mine') merged.roles = [...mine.roles];
  return merged;
}
