/** How often members are asked about, in milliseconds. */
export interface PollPace {
  /** While something happens around a member. */
  readonly activeMs: number;
  /** When nothing has happened for long. */
  readonly idleMs: number;
  /** Between two looks at the same member, however often they are woken. */
  readonly leastMs: number;
}

const PACE: PollPace = { activeMs: 10_000, idleMs: 120_000, leastMs: 1_000 };
/** How much of a minute's budget may be spent at once. */
const BURST_SHARE = 1 / 6;

interface Turn {
  dueAt: number;
  askedAt: number;
  intervalMs: number;
  /** Woken while being asked about: the answer may be too old. */
  isWokenAgain: boolean;
}

/**
 * Whose turn it is to be asked about. Turns get longer while nothing happens to a member and short again when something does; of
 * those who are due, the one who has waited longest since the last look comes first, so nobody can use up the budget alone.
 */
export class PollSchedule {
  private readonly turns = new Map<string, Turn>();
  private readonly asking = new Set<string>();
  private tokens: number;
  private filledAt: number;

  /** @param perMinute calls that may be spent in a minute */
  constructor(
    private readonly perMinute: number,
    now: number,
    private readonly pace: PollPace = PACE,
  ) {
    this.tokens = this.burst;
    this.filledAt = now;
  }

  add(id: string, now: number): void {
    if (this.turns.has(id)) return;
    this.turns.set(id, { dueAt: now, askedAt: 0, intervalMs: this.pace.activeMs, isWokenAgain: false });
  }

  remove(id: string): void {
    this.turns.delete(id);
    this.asking.delete(id);
  }

  /** Something seems to have happened to this member. */
  wake(id: string, now: number): void {
    const turn = this.turns.get(id);
    if (turn === undefined) return;
    if (this.asking.has(id)) turn.isWokenAgain = true;
    turn.intervalMs = this.pace.activeMs;
    turn.dueAt = Math.min(turn.dueAt, Math.max(now, turn.askedAt + this.pace.leastMs));
  }

  /** Everybody is to be looked at anew. */
  wakeAll(now: number): void {
    for (const id of this.turns.keys()) this.wake(id, now);
  }

  /** Somebody who is due, if the budget has a call left; it is spent. `answered` or `failed` must follow. */
  take(now: number): string | null {
    this.fill(now);
    if (this.tokens < 1) return null;
    let next: { id: string; askedAt: number } | null = null;
    for (const [id, { dueAt, askedAt }] of this.turns) {
      if (dueAt <= now && !this.asking.has(id) && (next === null || askedAt < next.askedAt)) next = { id, askedAt };
    }
    if (next === null) return null;
    this.tokens -= 1;
    this.asking.add(next.id);
    const turn = this.turns.get(next.id);
    if (turn !== undefined) turn.askedAt = now;
    return next.id;
  }

  /** There was no answer: it is still this member's turn. */
  failed(id: string, now: number): void {
    this.asking.delete(id);
    const turn = this.turns.get(id);
    if (turn !== undefined) turn.dueAt = Math.max(now, turn.askedAt + this.pace.leastMs);
  }

  /** The answer is there. */
  answered(id: string, now: number, hasChanged: boolean): void {
    this.asking.delete(id);
    const turn = this.turns.get(id);
    if (turn === undefined) return;
    const { activeMs, idleMs, leastMs } = this.pace;
    turn.intervalMs = hasChanged || turn.isWokenAgain ? activeMs : Math.min(idleMs, turn.intervalMs * 2);
    turn.dueAt = turn.isWokenAgain ? Math.max(now, turn.askedAt + leastMs) : now + turn.intervalMs;
    turn.isWokenAgain = false;
  }

  /** Milliseconds until `take` may have somebody; infinite when nobody is to be asked about. */
  waitMs(now: number): number {
    let dueAt = Infinity;
    for (const [id, turn] of this.turns) if (!this.asking.has(id)) dueAt = Math.min(dueAt, turn.dueAt);
    this.fill(now);
    const budgetMs = this.tokens >= 1 ? 0 : ((1 - this.tokens) * 60_000) / this.perMinute;
    return Math.max(0, dueAt - now, budgetMs);
  }

  /** A call outside of turns, e.g. for the title of a room. @returns whether the budget had one */
  spend(now: number): boolean {
    this.fill(now);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  private get burst(): number {
    return Math.max(1, this.perMinute * BURST_SHARE);
  }

  private fill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) * this.perMinute) / 60_000);
    this.filledAt = now;
  }
}
