import { AppError } from '../../common/errors/app-error.js';

/** Somebody else was faster. Thrown inside a transaction, answered outside: reading the current state needs no lock. */
export class StaleVersion extends Error {}

/**
 * Runs a use case, and adds the resource as it is now to a version conflict. Read after the rollback on purpose: a second
 * connection taken while locks are held could starve the pool.
 * @throws AppError `version_conflict` with `current`
 */
export async function withCurrent<T>(work: () => Promise<T>, current: () => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StaleVersion)) throw error;
    throw new AppError('version_conflict', { current: await current() });
  }
}
