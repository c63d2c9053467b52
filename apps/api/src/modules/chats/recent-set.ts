/** A set that keeps the youngest `max` keys. */
export class RecentSet {
  private readonly keys = new Set<string>();

  constructor(private readonly max: number) {}

  add(key: string): void {
    this.keys.delete(key);
    this.keys.add(key);
    if (this.keys.size > this.max) for (const oldest of this.keys) return void this.keys.delete(oldest);
  }

  /** @returns whether the key was there */
  delete(key: string): boolean {
    return this.keys.delete(key);
  }
}
