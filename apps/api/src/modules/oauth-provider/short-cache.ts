interface Entry<V> {
  readonly value: Promise<V>;
  /** On the monotonic clock, milliseconds. */
  readonly until: number;
}

/**
 * Answers of one statement kept for a moment, for what every request asks. Callers at the same time share one load. What somebody
 * changes in this process is seen at once by `clear()` after the commit, in another process after `ttlMs`.
 */
export class ShortCache<V> {
  private readonly entries = new Map<string, Entry<V>>();

  /**
   * @param load gets the value of a key; a failure is told to those who wait and is not kept
   * @param ttlMs milliseconds from the beginning of the load, so that nothing older is ever told
   * @param max entries kept; the oldest goes first, so that made-up keys cannot fill the memory
   */
  constructor(
    private readonly load: (key: string) => Promise<V>,
    private readonly ttlMs: number,
    private readonly max: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): Promise<V> {
    const now = performance.now();
    const known = this.entries.get(key);
    if (known !== undefined && known.until > now) return known.value;
    this.entries.delete(key);
    if (this.entries.size >= this.max) this.dropOldest();
    const entry: Entry<V> = { value: this.load(key), until: now + this.ttlMs };
    this.entries.set(key, entry);
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return entry.value;
  }

  /** Forgets everything, loads that are under way included: their answers may be of before the change. */
  clear(): void {
    this.entries.clear();
  }

  private dropOldest(): void {
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
