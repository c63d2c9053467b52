import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Rounds } from '../../common/lifecycle/rounds.js';
import { LOGGER } from '../../common/logging/logger.js';
import { LinkTokensService } from './link-tokens.service.js';
import { SessionsService } from './sessions.service.js';
import { ThrottleService } from './throttle.service.js';

const EVERY_MS = 3_600_000;
/** Rows that one statement removes (short locks, whatever has piled up), and statements per kind and round; the rest waits for the next. */
const BOUNDS = { batch: 1_000, most: 20 };
/** Days that ended sessions stay, to answer "who was that?". */
const KEEP_SESSIONS_DAYS = 30;

/** Removes sessions, links and failure counts that nobody can use any more. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.tidy(),
    (err) => this.logger.warn({ err }, 'tidying up failed'),
  );

  constructor(
    private readonly sessions: SessionsService,
    private readonly links: LinkTokensService,
    private readonly throttle: ThrottleService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** One round, bounded in rows and statements. */
  async tidy(): Promise<void> {
    const removed = {
      sessions: await this.rounds.inSteps(() => this.sessions.removeOld(KEEP_SESSIONS_DAYS, BOUNDS.batch), BOUNDS),
      links: await this.rounds.inSteps(() => this.links.removeOld(BOUNDS.batch), BOUNDS),
      delays: await this.rounds.inSteps(() => this.throttle.removeOld(BOUNDS.batch), BOUNDS),
    };
    this.logger.info(removed, 'tidied up');
  }
}
