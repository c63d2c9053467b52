import type { FieldError } from '@besedka/contracts/errors';
import type { AnyErrorCode } from '../../../shared/api/errors';
import { FIELD_OF_ERROR } from './userForm';

/** A message beside a field, as Nuxt UI's forms take it. */
export interface FormMessage {
  name: string;
  message: string;
}

/** Words for the code of a broken rule. */
export type RuleText = (code: string) => string;

interface Schema {
  safeParse: (value: unknown) => { success: true } | { success: false; error: { issues: readonly Issue[] } };
}
interface Issue {
  path: readonly PropertyKey[];
  message: string;
}

/** Checks a body by the schema that the server uses; the message of an issue is the code of the rule. One message per field. */
export function schemaMessages(schema: Schema, body: unknown, text: RuleText): FormMessage[] {
  const result = schema.safeParse(body);
  if (result.success) return [];
  const given = body as Readonly<Record<string, unknown>>;
  const rules = result.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '');
    // "Too short" would puzzle where nothing was written yet.
    return [name, given[name] === '' ? 'empty' : message] as const;
  });
  return firstOfEach(rules, text);
}

/** What the server said about single fields. Problems of one role ("roles.0") stand beside the roles. */
export function serverMessages(errors: readonly FieldError[], text: RuleText): FormMessage[] {
  return firstOfEach(
    errors.map(({ path, code }) => [path.split('.')[0] ?? path, code]),
    text,
  );
}

interface Refusal {
  readonly code: AnyErrorCode;
  readonly fields: readonly FieldError[];
}

/**
 * What stands beside which field after a refusal: one answer may refuse several fields by name, each with a failure of its own (a
 * taken user name, a taken address), else the failure's code tells the field, else the broken rules do.
 *
 * @param words texts for failures and for rules
 */
export function refusalMessages(
  { code, fields }: Refusal,
  words: { code: (code: AnyErrorCode) => string; rule: RuleText },
): FormMessage[] {
  const failures = fields.length > 1 ? fields.map((field) => field.code) : [code];
  const named = failures.flatMap((failure) => {
    const name = FIELD_OF_ERROR[failure];
    return name ? [{ name, message: words.code(failure as AnyErrorCode) }] : [];
  });
  return named.length > 0 ? named : serverMessages(fields, words.rule);
}

function firstOfEach(rules: readonly (readonly [name: string, code: string])[], text: RuleText): FormMessage[] {
  const first = new Map<string, string>();
  for (const [name, code] of rules) if (!first.has(name)) first.set(name, code);
  return [...first].map(([name, code]) => ({ name, message: text(code) }));
}
