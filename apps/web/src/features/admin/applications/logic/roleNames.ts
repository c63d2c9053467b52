import { putRoleNames, type RoleNames } from '@besedka/contracts/oauth';

/** One row of the editor: a role of ours and the names as they are typed. */
export interface RoleNamesRow {
  role: string;
  title: string;
  typed: string;
}

export const rowsOf = ({ items }: RoleNames): RoleNamesRow[] =>
  items.map(({ role, title, names }) => ({ role, title, typed: names.join(', ') }));

/** Names as they are typed: separated by commas or spaces, each once. */
export const typedNames = (typed: string): string[] => [
  ...new Set(typed.split(/[\s,;]+/).filter((name) => name !== '')),
];

export const sameNames = (a: string, b: string): boolean =>
  typedNames(a).sort().join(' ') === typedNames(b).sort().join(' ');

/** The code of the broken rule per role, by the schema that the server uses. */
export function roleNameProblems(rows: readonly RoleNamesRow[]): ReadonlyMap<string, string> {
  const body = { items: rows.map(({ role, typed }) => ({ role, names: typedNames(typed) })) };
  const issues = putRoleNames.safeParse(body).error?.issues ?? [];
  return new Map(issues.map(({ path, message }) => [rows[Number(path[1])]?.role ?? '', message]));
}
