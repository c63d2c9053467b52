import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { StartupError } from '../../config/config-error.js';

/** Key of the advisory lock of who sets Rocket.Chat up; any constant of our own. */
const LOCK = 7_321_448;
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;

/**
 * One run at a time writes to Rocket.Chat, whoever began it: the command line, the page, the server at its start. Two at once would make
 * rooms and webhooks twice, since neither is refused there. The second waits, and then finds nothing to do. The lock goes with its
 * connection, so a crash leaves none.
 */
@Injectable()
export class WritingLock {
  constructor(private readonly source: DataSource) {}

  /** @throws StartupError when another run goes on and on */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      await runner.connect();
      const ask = async (): Promise<boolean> => {
        const { records } = await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [LOCK], true);
        return (records as { mine: boolean }[])[0]?.mine === true;
      };
      const end = performance.now() + PATIENCE_MS;
      while (!(await ask())) {
        if (performance.now() > end)
          throw new StartupError('Rocket.Chat is being set up by another run: wait for its end.');
        await delay(LOOK_EVERY_MS);
      }
      try {
        return await work();
      } finally {
        await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
      }
    } finally {
      await runner.release();
    }
  }
}
