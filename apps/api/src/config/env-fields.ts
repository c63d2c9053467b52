import { z } from 'zod';

/** Builders for values that arrive as text in the environment. An empty string counts as "not set". */

export type Env = Readonly<Record<string, string | undefined>>;

const unset = (value: unknown): unknown => (value === '' ? undefined : value);

/** A whole number within bounds; the unit belongs to the documentation of the variable. */
export function wholeNumber(fallback: number, min: number, max: number) {
  return z.preprocess(
    unset,
    z
      .string()
      .regex(/^\d+$/, { error: `must be a whole number from ${min} to ${max}` })
      .transform(Number)
      .pipe(z.number().min(min).max(max))
      .default(fallback),
  );
}

/** Free text or a fallback. */
export function text(fallback: string) {
  return z.preprocess(unset, z.string().default(fallback));
}

/** Text that may be missing. */
export function optionalText() {
  return z.preprocess(unset, z.string().optional());
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) {
  return z.preprocess(unset, z.enum(values, { error: `must be one of ${values.join(', ')}` }).default(fallback));
}

/** An absolute address with one of the given schemes, kept as text. */
export function optionalUrl(schemes: readonly string[]) {
  const error = `must be an address beginning with ${schemes.map((s) => `${s}//`).join(' or ')}`;
  return z.preprocess(
    unset,
    z
      .string()
      .refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol), { error })
      .optional(),
  );
}
