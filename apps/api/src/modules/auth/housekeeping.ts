import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logger.js';
import { LinkTokensService } from './link-tokens.service.js';
import { SessionsService } from './sessions.service.js';
import { ThrottleService } from './throttle.service.js';

const EVERY_MS = 3_600_000;
/** Rows that one statement removes: short locks, whatever has piled up. */
const AT_ONCE = 1_000;
/** Statements per kind and round; the rest waits for the next. */
const STATEMENTS_MAX = 20;
/** Days that ended sessions stay, to answer "who was that?". */
const KEEP_SESSIONS_DAYS = 30;

/** Removes sessions, links and failure counts that nobody can use any more. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly sessions: SessionsService,
    private readonly links: LinkTokensService,
    private readonly throttle: ThrottleService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.tidy().catch((err: unknown) => this.logger.warn({ err }, 'tidying up failed'));
    }, EVERY_MS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** One round, bounded in rows and statements. */
  async tidy(): Promise<void> {
    const removed = {
      sessions: await this.inSteps(() => this.sessions.removeOld(KEEP_SESSIONS_DAYS, AT_ONCE)),
      links: await this.inSteps(() => this.links.removeOld(AT_ONCE)),
      delays: await this.inSteps(() => this.throttle.removeOld(AT_ONCE)),
    };
    this.logger.info(removed, 'tidied up');
  }

  private async inSteps(step: () => Promise<number>): Promise<number> {
    let total = 0;
    for (let n = 0; n < STATEMENTS_MAX && !this.stopped; n += 1) {
      const removed = await step();
      total += removed;
      if (removed < AT_ONCE) break;
    }
    return total;
  }
}
