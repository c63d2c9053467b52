import { z } from 'zod';

/** Path parameters. Ids are compared in lower case, as the database answers them. */
export const idParam = z.uuid().toLowerCase();
export const seqParam = z.coerce.number().int().min(1);
