import {
  APPLICATION_FIELD_NAMES,
  sameField,
  type ApplicationFieldName,
  type ApplicationFields,
} from './applicationForm';

export type Side = 'mine' | 'theirs';
export type Choices = Partial<Record<ApplicationFieldName, Side>>;

/** A field in which my form and the stored application differ. */
export interface FieldDifference {
  field: ApplicationFieldName;
  /** Who really changed it; "both" is a true conflict, which only the person can decide. */
  changedBy: Side | 'both';
}

/** Compares two edits that began from `base`; fields in which both say the same are not among the answer. */
export function differences(
  base: ApplicationFields,
  mine: ApplicationFields,
  theirs: ApplicationFields,
): FieldDifference[] {
  return APPLICATION_FIELD_NAMES.filter((field) => !sameField(mine, theirs, field)).map((field) => {
    if (sameField(mine, base, field)) return { field, changedBy: 'theirs' };
    if (sameField(theirs, base, field)) return { field, changedBy: 'mine' };
    return { field, changedBy: 'both' };
  });
}

/** What is chosen before the person chooses: a change nobody disputes stays, a true conflict is left open. */
export const undisputed = (list: readonly FieldDifference[]): Choices =>
  Object.fromEntries(list.filter(({ changedBy }) => changedBy !== 'both').map((one) => [one.field, one.changedBy]));

export const allFrom = (list: readonly FieldDifference[], side: Side): Choices =>
  Object.fromEntries(list.map(({ field }) => [field, side]));

/** Fields that still wait for a decision. */
export const undecided = (list: readonly FieldDifference[], choices: Choices): ApplicationFieldName[] =>
  list.filter(({ field }) => !choices[field]).map(({ field }) => field);

/** The form after the choice: theirs, with my values where mine were chosen. */
export function merge(mine: ApplicationFields, theirs: ApplicationFields, choices: Choices): ApplicationFields {
  const chosen = APPLICATION_FIELD_NAMES.filter((field) => choices[field] === 'mine');
  return { ...theirs, ...Object.fromEntries(chosen.map((field) => [field, mine[field]])) };
}
