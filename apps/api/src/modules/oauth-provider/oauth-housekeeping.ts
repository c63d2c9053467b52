import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Rounds } from '../../common/lifecycle/rounds.js';
import { LOGGER } from '../../common/logging/logger.js';
import { DeviceCodes } from './device-codes.js';
import { GrantsRepository } from './grants.repository.js';

const EVERY_MS = 600_000;
/** Rows that one statement removes (short locks, whatever has piled up), and statements per kind and round. */
const BOUNDS = { batch: 2_000, most: 50 };

/** Removes grants and device codes that nothing can come of. Each sign-in of an application leaves a grant behind. */
@Injectable()
export class OAuthHousekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.tidy(),
    (err) => this.logger.warn({ err }, 'tidying up grants failed'),
  );

  constructor(
    private readonly grants: GrantsRepository,
    private readonly devices: DeviceCodes,
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
    await this.rounds.inSteps(() => this.grants.removeOld(BOUNDS.batch), BOUNDS);
    await this.rounds.inSteps(() => this.devices.removeOld(BOUNDS.batch), BOUNDS);
  }
}
