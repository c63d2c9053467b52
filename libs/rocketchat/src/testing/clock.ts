/** Something that happens later; `cancel` keeps it from happening. */
export interface Later {
  cancel(): void;
}

/**
 * The time of the double, in milliseconds since the epoch. It runs with the real one and can be moved forward, so that
 * tests of lock-outs, expiries and delays do not wait: what falls due on the way happens at once.
 */
export class Clock {
  private offset = 0;
  private readonly waiting = new Set<{ due: number; timer: NodeJS.Timeout; run: () => void }>();

  now(): number {
    return Date.now() + this.offset;
  }

  date(): Date {
    return new Date(this.now());
  }

  /** Moves the time forward by `ms` and runs what fell due, in its order. */
  advance(ms: number): void {
    const until = this.now() + ms;
    for (;;) {
      const [next] = [...this.waiting].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (!next) break;
      this.offset += Math.max(0, next.due - this.now());
      next.run();
    }
    this.offset += Math.max(0, until - this.now());
  }

  /** Runs `action` after `ms`; an unfinished wait keeps no process alive. */
  after(ms: number, action: () => void): Later {
    const run = () => {
      this.waiting.delete(entry);
      clearTimeout(entry.timer);
      action();
    };
    const entry = { due: this.now() + ms, timer: setTimeout(() => run(), ms), run };
    entry.timer.unref();
    this.waiting.add(entry);
    return {
      cancel: () => {
        this.waiting.delete(entry);
        clearTimeout(entry.timer);
      },
    };
  }

  /** Forgets everything that waits. */
  stop(): void {
    for (const { timer } of this.waiting) clearTimeout(timer);
    this.waiting.clear();
  }
}
