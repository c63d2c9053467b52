import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { DomainEvents } from '../../common/events/domain-events.js';
import { LOGGER } from '../../common/logging/logger.js';
import { OutboxLane } from './outbox.lane.js';
import { OutboxRepository } from './outbox.repository.js';
import { OutboxService } from './outbox.service.js';

const KEEP_DONE_DAYS = 7;
const REMOVE_AT_ONCE = 1000;
const REMOVE_EVERY_MS = 60_000;
/**
 * How long a stop waits for deliveries under way. A silent mail server must not hold it up: what is abandoned stays leased and
 * comes due again when the lease ends.
 */
const STOP_WAIT_MS = 2_000;

/** Delivers what the outbox promises: wakes after commits, retries alone, gives what it has begun a moment before it stops. */
@Injectable()
export class OutboxWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly lanes = new Map<string, OutboxLane>();
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
    this.stopListening = this.events.on('outbox.added', ({ topic }) => {
      if (this.outbox.handlerOf(topic) !== undefined) this.lane(topic).wake();
    });
    this.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    this.stopListening?.();
    let waiting: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (waiting = setTimeout(resolve, STOP_WAIT_MS)));
    await Promise.race([Promise.all([...this.lanes.values()].map((lane) => lane.stop())), enough]);
    clearTimeout(waiting);
  }

  /** Looks for due entries of every topic now. */
  wake(): void {
    if (this.stopped) return;
    for (const topic of this.outbox.topics()) this.lane(topic).wake();
  }

  /** Waits until everything that is due now has been tried; for tests and for the command line. */
  async idle(): Promise<void> {
    // One topic's delivery may promise something of another.
    while ([...this.lanes.values()].some((lane) => lane.isBusy)) {
      await Promise.all([...this.lanes.values()].map((lane) => lane.idle()));
    }
  }

  private lane(topic: string): OutboxLane {
    const lane =
      this.lanes.get(topic) ??
      new OutboxLane(topic, this.outbox, this.repository, this.logger, () => this.removeDone());
    this.lanes.set(topic, lane);
    return lane;
  }

  private async removeDone(): Promise<void> {
    const now = performance.now();
    if (now < this.removeAt) return;
    this.removeAt = now + REMOVE_EVERY_MS;
    await this.repository.removeDone(KEEP_DONE_DAYS, REMOVE_AT_ONCE);
  }
}
