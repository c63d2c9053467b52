import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { systemContext } from '../../common/context/request-context.js';
import { Rounds } from '../../common/lifecycle/rounds.js';
import { LOGGER } from '../../common/logging/logger.js';
import { StartupError } from '../../config/config-error.js';
import { DriftRepository } from './drift.repository.js';
import { DriftService } from './drift.service.js';
import { nightBefore } from './night.js';
import { RocketChatConnection } from './rocketchat-connection.js';
import { Everybody } from './sync/everybody.js';

/** Milliseconds between two questions whether it is time; a process that was asleep at night looks when it is back. */
const EVERY_MS = 600_000;
/** Processes of one installation have different minutes: what another one did so shortly before its time was tonight's look. */
const SAME_NIGHT_MS = 7_200_000;

/**
 * Looks for drift once a night, in one process of all. What is set otherwise waits for an admin; people's accounts and channels are the
 * portal's own, so the queue puts them right. A failure is told in the log; the next night tries again.
 */
@Injectable()
export class DriftSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(() => this.look(new Date()));
  /** Not every installation asks its server in the same minute, and not every process the database. */
  private readonly jitterMs = Math.random() * 3_600_000;

  constructor(
    private readonly connection: RocketChatConnection,
    private readonly repository: DriftRepository,
    private readonly drift: DriftService,
    private readonly everybody: Everybody,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.connection.isConfigured) this.rounds.start(EVERY_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** One question: looks when nobody has since the last night. @returns whether it did */
  async look(now: Date): Promise<boolean> {
    try {
      const night = nightBefore(now, this.jitterMs);
      if (!(await this.repository.claim(new Date(night.getTime() - SAME_NIGHT_MS)))) return false;
      const ctx = systemContext('rocketchat-drift');
      const { differences } = await this.drift.check(ctx, { members: 'queued' });
      await this.everybody.look(ctx, this.connection.client);
      this.logger.info({ differences: differences.length }, 'Rocket.Chat was compared with what it shall be');
      return true;
    } catch (err) {
      const reason = err instanceof StartupError ? err.message : undefined;
      this.logger.warn(reason === undefined ? { err } : { reason }, 'Rocket.Chat could not be compared');
      return false;
    }
  }
}
