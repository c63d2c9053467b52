import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats an assertion until it holds; the last failure is thrown when the time is over. What for: pages change a moment after what
 * caused it, and how long that takes is the machine's business.
 */
export async function eventually(assertion: () => Promise<void> | void, timeout = 15_000): Promise<void> {
  const until = Date.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > until) throw error;
      await delay(40);
    }
  }
}
