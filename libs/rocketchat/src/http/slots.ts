import { abortable } from './clock.js';

/** At most so many things at a time; the others wait in order. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  /**
   * Runs `work` when a slot is free.
   *
   * @throws the signal's reason when it is aborted while waiting; what `work` throws
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.take(signal);
    try {
      return await work();
    } finally {
      this.giveBack();
    }
  }

  private async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    let grant!: () => void;
    const granted = new Promise<void>((resolve) => (grant = resolve));
    this.waiting.push(grant);
    try {
      await abortable(granted, signal);
    } catch (error) {
      const place = this.waiting.indexOf(grant);
      // Granted in the same moment: the slot goes on to the next one.
      if (place < 0) this.giveBack();
      else this.waiting.splice(place, 1);
      throw error;
    }
  }

  private giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
