export type Side = 'mine' | 'theirs';
export type FieldName<F> = keyof F & string;
export type Choices<F> = Partial<Record<FieldName<F>, Side>>;

/** What two edits of one thing are compared by. */
export interface FormShape<F> {
  /** Its fields, in the order in which they are shown. */
  readonly names: readonly FieldName<F>[];
  /** Whether both say the same there. */
  readonly same: (a: F, b: F, field: FieldName<F>) => boolean;
}

/** A field in which my form and what is stored differ. */
export interface FieldDifference<F> {
  field: FieldName<F>;
  /** Who really changed it; "both" is a true conflict, which only the person can decide. */
  changedBy: Side | 'both';
}

/**
 * Compares two edits that began from the same version.
 *
 * @param base   what I began to edit
 * @param mine   what my form says now
 * @param theirs what somebody else has stored meanwhile
 * @returns the fields to show side by side; those in which both say the same are not among them
 */
export function differences<F>({ names, same }: FormShape<F>, base: F, mine: F, theirs: F): FieldDifference<F>[] {
  return names
    .filter((field) => !same(mine, theirs, field))
    .map((field) => {
      if (same(mine, base, field)) return { field, changedBy: 'theirs' };
      if (same(theirs, base, field)) return { field, changedBy: 'mine' };
      return { field, changedBy: 'both' };
    });
}

/** What is chosen before the person chooses: a change nobody disputes stays, a true conflict is left open. */
export function undisputed<F>(list: readonly FieldDifference<F>[]): Choices<F> {
  const choices: Choices<F> = {};
  for (const { field, changedBy } of list) if (changedBy !== 'both') choices[field] = changedBy;
  return choices;
}

export function allFrom<F>(list: readonly FieldDifference<F>[], side: Side): Choices<F> {
  const choices: Choices<F> = {};
  for (const { field } of list) choices[field] = side;
  return choices;
}

/** Fields that still wait for a decision. */
export const undecided = <F>(list: readonly FieldDifference<F>[], choices: Choices<F>): FieldName<F>[] =>
  list.filter(({ field }) => !choices[field]).map(({ field }) => field);

/** The form after the choice: theirs, with my values where mine were chosen. It shares no list with either. */
export function merge<F extends object>({ names }: FormShape<F>, mine: F, theirs: F, choices: Choices<F>): F {
  const merged = { ...theirs };
  for (const field of names) {
    const value = (choices[field] === 'mine' ? mine : theirs)[field];
    merged[field] = Array.isArray(value) ? ([...(value as unknown[])] as typeof value) : value;
  }
  return merged;
}
