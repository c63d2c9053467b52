import { isRocketChatError } from '../errors.js';

/** What came of asking for a state. */
export interface Change {
  /** False: it was so already, and nothing was written. */
  readonly changed: boolean;
}

/** Options of a method that names a state. */
export interface CompareOptions {
  /** The caller has just compared: the state is not read before writing. */
  readonly compared?: boolean;
}

export interface Wish {
  /** Whether the state is as wanted; undefined when this caller may not see it. */
  readonly holds: () => Promise<boolean | undefined>;
  readonly write: () => Promise<unknown>;
  /** Codes by which the server says "already so" to this write, besides those that always mean it. */
  readonly alreadyCodes?: readonly string[];
  /** What is not found is as wanted: something is removed. */
  readonly removes?: boolean;
  readonly compared?: boolean;
}

/**
 * Makes something so, and writes only when it is not. Rocket.Chat answers writes that change nothing with an error, sometimes with a
 * misleading one: an "already so" is believed after looking again, or when one may not look.
 *
 * @throws {RocketChatError} what the write gave, when the state is not as wanted
 */
export async function ensure({
  holds,
  write,
  alreadyCodes = [],
  removes = false,
  compared = false,
}: Wish): Promise<Change> {
  if (!compared && (await holds()) === true) return { changed: false };
  try {
    await write();
    return { changed: true };
  } catch (error) {
    const already =
      isRocketChatError(error, 'already-so') ||
      (removes && isRocketChatError(error, 'not-found')) ||
      (isRocketChatError(error) && error.errorType !== undefined && alreadyCodes.includes(error.errorType));
    if (already && (await holds()) !== false) return { changed: false };
    throw error;
  }
}
