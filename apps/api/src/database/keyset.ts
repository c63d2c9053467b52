import type { Page } from '@besedka/contracts';
import { z } from 'zod';
import { AppError } from '../common/errors/app-error.js';

/**
 * Keyset paging: a page ends at a row, and the next one begins behind it, whatever was inserted meanwhile. The cursor holds
 * the sort values of the last row; to clients it is an opaque text.
 */

/** Makes a cursor out of the sort values of a page's last row. */
export function encodeCursor(values: Readonly<Record<string, string | number | boolean | null>>): string {
  return Buffer.from(JSON.stringify(values), 'utf8').toString('base64url');
}

/**
 * Reads a cursor that a client sent back. The schema says which values belong to the list at hand.
 * @throws AppError `bad_cursor` for anything that we did not make
 */
export function decodeCursor<T extends z.ZodType>(cursor: string | undefined, schema: T): z.infer<T> | null {
  if (cursor === undefined) return null;
  let raw: unknown;
  try {
    raw = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new AppError('bad_cursor', { cause });
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success || JSON.stringify(raw).includes('\\u0000')) throw new AppError('bad_cursor');
  return parsed.data;
}

/**
 * A page out of `limit + 1` rows: the extra row only tells that there is more.
 * @param keyOf sort values of a row, for the cursor
 */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => Readonly<Record<string, string | number | boolean | null>>,
  map: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(map),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
