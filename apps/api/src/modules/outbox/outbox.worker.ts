import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { backoffSeconds } from './backoff.js';
import { OutboxRepository } from './outbox.repository.js';
import { type OutboxEntry, OutboxService } from './outbox.service.js';

/** Entries delivered at the same time. */
const BATCH = 8;
/** Seconds for which a claimed entry is nobody else's; handlers must be done (or have timed out) well before. */
const LEASE_SECONDS = 120;
/** Seconds between looks when nothing wakes the worker: entries of other processes come due too. */
const LONGEST_SLEEP_SECONDS = 15;
/** Deliveries that are tried before an entry is given up; with the delays between them, more than a day. */
const MAX_ATTEMPTS = 40;
const KEEP_DONE_DAYS = 7;
const REMOVE_AT_ONCE = 1000;
const REMOVE_EVERY_MS = 60_000;
const ERROR_MAX = 500;
/**
 * How long a stop waits for deliveries under way. A silent mail server must not hold it up: what is abandoned stays leased and
 * comes due again when the lease ends.
 */
const STOP_WAIT_MS = 2_000;

/** Delivers what the outbox promises: wakes after commits, retries alone, gives what it has begun a moment before it stops. */
@Injectable()
export class OutboxWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  /** When old entries are looked for again, by the process's own clock. */
  private removeAt = 0;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly outbox: OutboxService,
    private readonly repository: OutboxRepository,
    private readonly events: DomainEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.stopListening = this.events.on('outbox.added', () => this.wake());
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.stopListening?.();
    clearTimeout(this.timer);
    if (this.running === null) return;
    let waiting: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (waiting = setTimeout(resolve, STOP_WAIT_MS)));
    await Promise.race([this.running, enough]);
    clearTimeout(waiting);
  }

  /** Looks for due entries now, or once more when it is looking already. */
  wake(): void {
    if (this.stopped) return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.work().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  /** Waits until everything that is due now has been tried; for tests and for the command line. */
  async idle(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  private async work(): Promise<void> {
    let sleep = LONGEST_SLEEP_SECONDS;
    try {
      const topics = this.outbox.topics();
      for (let entries = await this.claim(topics); entries.length > 0; entries = await this.claim(topics)) {
        await Promise.all(entries.map((entry) => this.deliver(entry)));
      }
      await this.removeDone();
      sleep = Math.min(LONGEST_SLEEP_SECONDS, (await this.repository.nextDue(topics)) ?? LONGEST_SLEEP_SECONDS);
    } catch (err) {
      // An abandoned delivery finds the database closed: nothing that anybody need know.
      if (!this.stopped) this.logger.warn({ err }, 'the outbox could not be read');
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => this.wake(), Math.max(0.05, sleep) * 1000);
    this.timer.unref();
  }

  private async removeDone(): Promise<void> {
    const now = performance.now();
    if (now < this.removeAt) return;
    this.removeAt = now + REMOVE_EVERY_MS;
    await this.repository.removeDone(KEEP_DONE_DAYS, REMOVE_AT_ONCE);
  }

  private claim(topics: readonly string[]): Promise<OutboxEntry[]> {
    return this.stopped ? Promise.resolve([]) : this.repository.claim(topics, BATCH, LEASE_SECONDS);
  }

  private async deliver(entry: OutboxEntry): Promise<void> {
    const facts = { topic: entry.topic, entry: entry.id, attempt: entry.attempts };
    try {
      const handler = this.outbox.handlerOf(entry.topic);
      if (handler === undefined) throw new Error(`nobody handles ${entry.topic}`);
      await handler(entry);
      await this.repository.finish(entry.id, null);
    } catch (err) {
      const reason = (err instanceof Error ? err.message : String(err)).slice(0, ERROR_MAX);
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
}
