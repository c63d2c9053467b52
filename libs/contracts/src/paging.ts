import { z } from 'zod';
import { PAGE_DEFAULT, PAGE_MAX } from './limits.js';

/** Query part of every list: `limit` rows after an opaque `cursor`. */
export const pageQuery = z.object({
  cursor: z.string().min(1).max(512).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

/** Envelope of every list; `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id });
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
