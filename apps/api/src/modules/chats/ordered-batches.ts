/**
 * Work in order per key, in few round trips. Items of all keys that wait are handed over together; a job runs alone in its key, at its
 * place in the order. While something of a key is under way, the key's next waits: so whatever is told about a key leaves in the
 * order in which it was committed, and a slow job holds up no other key.
 *
 * One batch at a time, as a rule: whoever has just been answered finds the others gathering, and the batches grow by themselves with the
 * load. A batch that takes longer than `patienceMs` (a lock, a slow disk) is no longer waited for.
 */
export class OrderedBatches<T> {
  /** Keys of which something waits or is under way. */
  private readonly keys = new Map<string, Key<T>>();
  /** Keys of which something waits and nothing is under way, longest first. */
  private readonly ready = new Set<Key<T>>();
  private readonly running = new Set<Promise<void>>();
  private batches = 0;
  private jobs = 0;
  private lastBatchAt = 0;
  private planned = false;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param options.batches in flight at most, when they are slow
   * @param options.patienceMs after which the next batch starts although the one before is still in flight
   * @param options.maxBatch items handed over together at most
   * @param options.jobs running at once at most, so that they leave connections for others
   * @param options.runBatch does the work and answers its items itself; must not throw
   */
  constructor(
    private readonly options: {
      batches: number;
      patienceMs: number;
      maxBatch: number;
      jobs: number;
      runBatch: (items: T[]) => Promise<void>;
    },
  ) {}

  /** Adds an item to the next batch that its key may be in. */
  add(key: string, item: T): void {
    this.enqueue(key, { item });
  }

  /** Runs a job alone in its key. @returns what the job returns @throws what the job throws */
  run<R>(key: string, job: () => Promise<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.enqueue(key, { job: () => job().then(resolve, reject) });
    });
  }

  /** Waits until nothing is left to do. */
  async idle(): Promise<void> {
    while (this.keys.size > 0) {
      if (this.running.size > 0) await Promise.race(this.running);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private enqueue(name: string, entry: Entry<T>): void {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = { name, entries: [], busy: false };
      this.keys.set(name, key);
    }
    key.entries.push(entry);
    if (key.busy) return;
    this.ready.add(key);
    if (this.planned) return;
    this.planned = true;
    // What arrives in the same turn of the event loop goes together: all sockets that had something to read.
    setImmediate(() => {
      this.planned = false;
      this.start();
    });
  }

  private start(): void {
    this.startJobs();
    if (this.ready.size === 0) return;
    const patience = this.batches === 0 ? 0 : this.lastBatchAt + this.options.patienceMs - performance.now();
    if (patience > 0) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.start();
      }, patience).unref();
      return;
    }
    if (this.batches >= this.options.batches) return;
    const { items, keys } = this.takeItems();
    if (items.length === 0) return;
    this.batches += 1;
    this.lastBatchAt = performance.now();
    this.launch(keys, this.options.runBatch(items), () => (this.batches -= 1));
  }

  private startJobs(): void {
    for (const key of this.ready) {
      const first = key.entries[0]!;
      if (!('job' in first)) continue;
      if (this.jobs >= this.options.jobs) return;
      key.entries.shift();
      this.jobs += 1;
      this.launch([key], first.job(), () => (this.jobs -= 1));
    }
  }

  private takeItems(): { items: T[]; keys: Key<T>[] } {
    const items: T[] = [];
    const keys: Key<T>[] = [];
    for (const key of this.ready) {
      const before = items.length;
      for (const entry of key.entries) {
        if ('job' in entry || items.length >= this.options.maxBatch) break;
        items.push(entry.item);
      }
      if (items.length === before) continue;
      key.entries.splice(0, items.length - before);
      keys.push(key);
    }
    return { items, keys };
  }

  private launch(keys: readonly Key<T>[], work: Promise<void>, done: () => void): void {
    for (const key of keys) {
      key.busy = true;
      this.ready.delete(key);
    }
    const settled: Promise<void> = work.then(() => {
      this.running.delete(settled);
      done();
      clearTimeout(this.timer);
      this.timer = undefined;
      for (const key of keys) {
        key.busy = false;
        if (key.entries.length > 0) this.ready.add(key);
        else this.keys.delete(key.name);
      }
      this.start();
    });
    this.running.add(settled);
  }
}

type Entry<T> = { item: T } | { job: () => Promise<void> };

interface Key<T> {
  readonly name: string;
  /** In the order of arrival. */
  readonly entries: Entry<T>[];
  /** Something of it is under way. */
  busy: boolean;
}
