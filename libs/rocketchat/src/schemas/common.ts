import { z } from 'zod';

/** An id of Rocket.Chat: any non-empty text. */
export const idSchema = z.string().min(1);

/** A moment as REST gives it: ISO 8601 in UTC; some handlers give EJSON (`{$date}`). Read as ISO. */
export const momentSchema = z.union([
  z.string(),
  z.looseObject({ $date: z.number() }).transform(({ $date }) => new Date($date).toISOString()),
]);

/** An answer of which only the success matters. */
export const doneSchema = z.unknown();

/** Which page of a list. */
export const pageRequestShape = {
  offset: z.number().int().min(0).optional(),
  count: z.number().int().min(0).optional(),
};

export const pageInfoShape = {
  total: z.number().optional(),
  count: z.number().optional(),
  offset: z.number().optional(),
};

/** Nothing is asked for. */
export const nothingSchema = z.object({});
