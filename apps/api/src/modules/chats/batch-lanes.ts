/**
 * Work in order per key, in few round trips. Keys are spread over lanes; a lane does one thing at a time, in the order of arrival.
 * Items that arrive while the lane is busy are collected and handed over together; a job runs alone, at its place in the order.
 * So whatever a lane tells the world about a key leaves in the order in which it was committed.
 */
export class BatchLanes<T> {
  private readonly lanes: Lane<T>[];

  /**
   * @param options.lanes how many things may be in flight at once
   * @param options.maxBatch items handed over together at most
   * @param options.runBatch does the work and answers its items itself; must not throw
   */
  constructor(
    private readonly options: {
      lanes: number;
      maxBatch: number;
      runBatch: (items: T[]) => Promise<void>;
    },
  ) {
    this.lanes = Array.from({ length: options.lanes }, () => ({
      queue: [],
      running: null,
    }));
  }

  /** Adds an item to the next batch of the key's lane. */
  add(key: string, item: T): void {
    this.enqueue(key, { item });
  }

  /** Runs a job alone in the key's lane. @returns what the job returns @throws what the job throws */
  run<R>(key: string, job: () => Promise<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.enqueue(key, { job: () => job().then(resolve, reject) });
    });
  }

  /** Waits until nothing is left to do. */
  async idle(): Promise<void> {
    for (let busy = this.busy(); busy.length > 0; busy = this.busy()) await Promise.all(busy);
  }

  private busy(): Promise<void>[] {
    return this.lanes.flatMap(({ running }) => (running === null ? [] : [running]));
  }

  private enqueue(key: string, entry: Entry<T>): void {
    const lane = this.lanes[hash(key) % this.lanes.length]!;
    lane.queue.push(entry);
    lane.running ??= this.work(lane);
  }

  private async work(lane: Lane<T>): Promise<void> {
    // What arrives in the same turn of the event loop goes together: all sockets that had something to read.
    await new Promise((resolve) => setImmediate(resolve));
    while (lane.queue.length > 0) {
      const first = lane.queue[0]!;
      if ('job' in first) {
        lane.queue.shift();
        await first.job();
      } else {
        await this.options.runBatch(this.takeItems(lane));
      }
    }
    // In the same turn as the last look at the queue: what arrives from now on starts the lane anew.
    lane.running = null;
  }

  private takeItems(lane: Lane<T>): T[] {
    const items: T[] = [];
    for (const entry of lane.queue) {
      if ('job' in entry || items.length >= this.options.maxBatch) break;
      items.push(entry.item);
    }
    lane.queue.splice(0, items.length);
    return items;
  }
}

type Entry<T> = { item: T } | { job: () => Promise<void> };

interface Lane<T> {
  queue: Entry<T>[];
  running: Promise<void> | null;
}

/** FNV-1a, 32 bits: spreads keys evenly whatever their version digits say. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
