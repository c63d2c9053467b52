import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logger.js';
import { DeviceCodes } from './device-codes.js';
import { GrantsRepository } from './grants.repository.js';

const EVERY_MS = 600_000;
/** Rows that one statement removes: short locks, whatever has piled up. */
const AT_ONCE = 2_000;
const STATEMENTS_MAX = 50;

/** Removes grants and device codes that nothing can come of. Each sign-in of an application leaves a grant behind. */
@Injectable()
export class OAuthHousekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly grants: GrantsRepository,
    private readonly devices: DeviceCodes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.tidy().catch((err: unknown) => this.logger.warn({ err }, 'tidying up grants failed'));
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
    for (const removeOld of [() => this.grants.removeOld(AT_ONCE), () => this.devices.removeOld(AT_ONCE)]) {
      for (let n = 0; n < STATEMENTS_MAX && !this.stopped; n += 1) if ((await removeOld()) < AT_ONCE) break;
    }
  }
}
