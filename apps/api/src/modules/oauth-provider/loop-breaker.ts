/** Milliseconds in which navigations count together. */
const WINDOW_MS = 30_000;
/** Pairs of session and application that are remembered; the oldest goes first. */
const PAIRS_MAX = 10_000;

/**
 * Notices a browser that is sent to and fro between an application and us. Two programs that each believe the other is wrong
 * would otherwise go on until the browser gives up, and nobody would learn why. Such a loop is one browser's: what a person does at
 * several devices at once is none, so it is the session that counts.
 */
export class LoopBreaker {
  private readonly visits = new Map<string, number[]>();

  /** @param limit navigations within 30 s that are still no loop; 0 switches it off */
  constructor(private readonly limit: number) {}

  /** Counts one navigation. @returns whether it is one too many */
  isLoop(sessionId: string, clientId: string, now = Date.now()): boolean {
    if (this.limit === 0) return false;
    const key = `${sessionId} ${clientId}`;
    const recent = (this.visits.get(key) ?? []).filter((at) => at > now - WINDOW_MS).slice(-this.limit);
    recent.push(now);
    // Taken out first: the order of the map is the order of use.
    this.visits.delete(key);
    this.visits.set(key, recent);
    if (this.visits.size > PAIRS_MAX) this.visits.delete(this.visits.keys().next().value ?? '');
    return recent.length > this.limit;
  }

  /** The person has read the page and wants to go on. */
  forget(sessionId: string, clientId: string): void {
    this.visits.delete(`${sessionId} ${clientId}`);
  }
}
