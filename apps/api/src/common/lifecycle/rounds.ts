/**
 * What a server does again and again beside its requests: one round after the other, never two at once. A failed round is told, and the
 * next one comes all the same. Nothing of it keeps the process alive.
 */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private over = false;

  /** @param failed told why a round failed; left out where a round tells it itself and never fails */
  constructor(
    private readonly round: () => Promise<unknown>,
    private readonly failed?: (error: unknown) => void,
  ) {}

  /** Whether the server stops: a long round ends early. */
  get stopped(): boolean {
    return this.over;
  }

  /** The first round comes after the first pause, unless it shall come at once. */
  start(everyMs: number, { atOnce = false } = {}): void {
    const next = (): void => {
      this.running = this.running.then(this.round).then(() => undefined, this.failed);
    };
    if (atOnce) next();
    this.timer = setInterval(next, everyMs);
    this.timer.unref();
  }

  /** No further round; resolves when the one under way is through. */
  async stop(): Promise<void> {
    this.over = true;
    clearInterval(this.timer);
    await this.running;
  }

  /**
   * Does a step until it finds less to do than a whole batch, the server stops, or it was done often enough.
   * @param step returns how much it did, `batch` at most
   * @returns how much was done in all
   */
  async inSteps(step: () => Promise<number>, { batch, most }: { batch: number; most: number }): Promise<number> {
    let total = 0;
    for (let n = 0; n < most && !this.over; n += 1) {
      const done = await step();
      total += done;
      if (done < batch) break;
    }
    return total;
  }
}
