import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { systemContext } from '../../common/context/request-context.js';
import { Rounds } from '../../common/lifecycle/rounds.js';
import { LOGGER } from '../../common/logging/logger.js';
import { RELOAD_SECONDS } from './signing-key-times.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Twice as often as promised, so that requests hardly ever wait for it. */
const LOOK_EVERY_MS = (RELOAD_SECONDS / 2) * 1000;
const TIDY_EVERY_LOOKS = 240;

/** Makes the keys at the first start, follows what other processes do with them, and exchanges them when they are due. */
@Injectable()
export class SigningKeysSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(() => this.look());
  private looks = 0;
  private failing = false;

  constructor(
    private readonly keys: SigningKeysService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keys.ensure(systemContext('signing-keys'));
    this.rounds.start(LOOK_EVERY_MS);
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** One round. A failure is told once; signing goes on with what is known, and looks again by itself before it gets too old. */
  async look(): Promise<void> {
    try {
      await this.keys.reload();
      const rotation = await this.keys.rotateIfDue(systemContext('signing-keys'));
      if (rotation !== null) this.logger.info(rotation, 'the signing key was exchanged');
      if (this.looks % TIDY_EVERY_LOOKS === 0) await this.keys.tidy();
      this.looks += 1;
      this.failing = false;
    } catch (err) {
      if (!this.failing) this.logger.warn({ err }, 'the signing keys could not be looked after');
      this.failing = true;
    }
  }
}
