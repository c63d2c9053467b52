import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Lifecycle } from '../../common/lifecycle/lifecycle.js';
import { Database } from '../../database/database.js';

/** Milliseconds after which a silent database counts as away. */
const PING_TIMEOUT_MS = 2_000;

/** What must hold for this process to serve requests. */
@Injectable()
export class ReadinessIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database_: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  notStopping(): HealthIndicatorResult {
    const indicator = this.indicators.check('process');
    return this.lifecycle.draining ? indicator.down('stopping') : indicator.up();
  }

  async database(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    const timeout = AbortSignal.timeout(PING_TIMEOUT_MS);
    try {
      await Promise.race([
        this.database_.ping(),
        new Promise<never>((_resolve, reject) => {
          timeout.addEventListener('abort', () => reject(new Error('no answer in time')));
        }),
      ]);
      return indicator.up();
    } catch {
      return indicator.down('unreachable');
    }
  }
}
