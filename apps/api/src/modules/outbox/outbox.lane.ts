import type { Logger } from 'pino';
import { backoffSeconds } from './backoff.js';
import { OutboxUnavailable } from './outbox-unavailable.js';
import type { OutboxRepository } from './outbox.repository.js';
import type { OutboxEntry, OutboxService } from './outbox.service.js';

/** Entries delivered at the same time. */
const AT_ONCE = 8;
/** Seconds for which a claimed entry is nobody else's; handlers must be done (or have timed out) well before. */
const LEASE_SECONDS = 120;
/** Seconds between looks when nothing wakes the lane: entries of other processes come due too. */
const LONGEST_SLEEP_SECONDS = 15;
/** Seconds until an unavailable system is asked again: doubling up to five. */
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 5;
/** Deliveries that are tried before an entry is given up; with the delays between them, more than a day. */
const MAX_ATTEMPTS = 40;
const ERROR_MAX = 500;

/**
 * Delivers the entries of one topic. Each topic has its own, so that a system that is slow or away holds up nothing that goes
 * elsewhere. While a system is away its entries stay where they are, in the database, and one light question asks for its return.
 */
export class OutboxLane {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  /** Lets a round that waits for a delivery look for more. */
  private nudge: () => void = () => undefined;
  /** Seconds of the next pause; null: the system is believed to answer. */
  private pause: number | null = null;
  private asking: Promise<boolean> | null = null;

  constructor(
    private readonly topic: string,
    private readonly outbox: OutboxService,
    private readonly repository: OutboxRepository,
    private readonly logger: Logger,
    /** Told at the end of each round. */
    private readonly rested: () => Promise<void>,
  ) {}

  /** Looks for due entries now, or once more when it is looking already; a topic that rests is looked at in its own time. */
  wake(): void {
    if (this.stopped || (this.pause !== null && this.timer !== undefined)) return;
    if (this.running !== null) {
      this.again = true;
      this.nudge();
      return;
    }
    this.look();
  }

  /** Ends after what is under way. */
  stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.nudge();
    return this.idle();
  }

  get isBusy(): boolean {
    return this.running !== null;
  }

  /** Waits until everything that is due now has been tried. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private look(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.work().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  private async work(): Promise<void> {
    let sleep = LONGEST_SLEEP_SECONDS;
    try {
      if (this.pause === null || (await this.returned())) {
        await this.drain();
        await this.rested();
        sleep = Math.min(sleep, (await this.repository.nextDue(this.topic)) ?? sleep);
      }
      if (this.pause !== null) sleep = this.nextPause(this.pause);
    } catch (err) {
      // An abandoned delivery finds the database closed: nothing that anybody need know.
      if (!this.stopped) this.logger.warn({ err, topic: this.topic }, 'the outbox could not be read');
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => this.look(), Math.max(0.05, sleep) * 1000);
    this.timer.unref();
  }

  private async returned(): Promise<boolean> {
    if (!(await this.isAvailable())) return false;
    this.pause = null;
    this.logger.info({ topic: this.topic }, 'an outbox topic goes on');
    return true;
  }

  /** Keeps as many under way as it may until nothing is due, or the system is away. */
  private async drain(): Promise<void> {
    const underWay = new Set<Promise<void>>();
    try {
      for (;;) {
        const nudged = new Promise<void>((resolve) => (this.nudge = resolve));
        const entries = await this.claim(AT_ONCE - underWay.size);
        for (const entry of entries) {
          const delivery = this.deliver(entry).finally(() => underWay.delete(delivery));
          underWay.add(delivery);
        }
        if (underWay.size === 0) return;
        const full = underWay.size >= AT_ONCE;
        if (full || entries.length === 0) await Promise.race(full ? underWay : [...underWay, nudged]);
      }
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  private claim(limit: number): Promise<OutboxEntry[]> {
    const rests = this.stopped || this.pause !== null;
    return rests ? Promise.resolve([]) : this.repository.claim(this.topic, limit, LEASE_SECONDS);
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const facts = { topic: entry.topic, entry: entry.id, attempt: entry.attempts };
    try {
      const handler = this.outbox.handlerOf(entry.topic);
      if (handler === undefined) throw new Error(`nobody handles ${entry.topic}`);
      await handler.deliver(entry);
      await this.repository.finish(entry.id, null);
    } catch (err) {
      const reason = (err instanceof Error ? err.message : String(err)).slice(0, ERROR_MAX);
      if (err instanceof OutboxUnavailable && (this.pause !== null || !(await this.isAvailable()))) {
        if (this.pause === null)
          this.logger.warn({ topic: this.topic, err }, 'an outbox topic rests: its system is away');
        this.pause ??= FIRST_PAUSE_SECONDS;
        await this.repository.giveBack(entry.id, reason);
        return;
      }
      if (entry.attempts >= MAX_ATTEMPTS) {
        this.logger.error({ ...facts, err }, 'an outbox entry was given up');
        await this.repository.finish(entry.id, reason);
        return;
      }
      const delay = backoffSeconds(entry.attempts);
      this.logger.warn({ ...facts, err, retryInSeconds: Math.round(delay) }, 'an outbox entry failed');
      await this.repository.retryLater(entry.id, delay, reason);
    }
  }

  private nextPause(seconds: number): number {
    this.pause = Math.min(LONGEST_PAUSE_SECONDS, seconds * 2);
    return seconds;
  }

  /** One question for all who want to know at the same time. A system that cannot be asked is tried after each pause. */
  private isAvailable(): Promise<boolean> {
    const ask = this.outbox.handlerOf(this.topic)?.isAvailable;
    if (ask === undefined) return Promise.resolve(this.pause !== null);
    this.asking ??= ask().finally(() => (this.asking = null));
    return this.asking;
  }
}
