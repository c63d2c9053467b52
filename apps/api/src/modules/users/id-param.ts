import { z } from 'zod';

/**
 * The id in a path, as it is stored: rooms, locks and keys are named after it, and the database alone does not mind the case.
 * Something else than a UUID is a malformed request, told before anything is looked up.
 */
export const idParam = z.uuid({ error: 'bad_id' }).toLowerCase();
