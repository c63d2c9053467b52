import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';

/** Key of the advisory lock of the process that follows Rocket.Chat; any constant of our own. */
const FOLLOWER_LOCK = 6_272_841;
/** Between two tries to become the follower, and two looks whether it still is. */
const LOOK_MS = 1_000;

/** What the follower does. */
export interface Follower {
  /** Another process follows. */
  wait(): void;
  /** This process follows from now on. */
  begin(): Promise<void>;
  /** No longer; another may. */
  end(): Promise<void>;
}

/**
 * One process at a time asks Rocket.Chat: during a restart the new one waits for the old one, so nothing is told twice and the budget of
 * calls holds. The lock lives as long as its own connection to the database; when that is gone, so is the lock.
 */
@Injectable()
export class FollowerLock {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Tries until `release`. */
  follow(follower: Follower): void {
    this.running = this.run(follower);
  }

  /** Follows no longer; resolves when it has ended. */
  async release(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(follower: Follower): Promise<void> {
    while (!this.stopping.signal.aborted) {
      let client: pg.Client | null = null;
      try {
        client = await this.connect();
        await this.untilMine(client, follower);
        await follower.begin();
        await this.whileMine(client);
      } catch (err) {
        if (!this.stopping.signal.aborted)
          this.logger.warn({ err }, 'this process does not follow Rocket.Chat for now');
      }
      await follower.end();
      await client?.end().catch(() => undefined);
      await this.pause();
    }
  }

  private async connect(): Promise<pg.Client> {
    const { url, connectTimeoutMs } = this.config.database;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: connectTimeoutMs,
      keepAlive: true,
      application_name: 'besedka-rocketchat',
    });
    // The next look finds out.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  private async untilMine(client: pg.Client, follower: Follower): Promise<void> {
    for (;;) {
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
        FOLLOWER_LOCK,
      ]);
      if (rows[0]?.mine === true) return;
      follower.wait();
      await this.pause();
      this.stopping.signal.throwIfAborted();
    }
  }

  private async whileMine(client: pg.Client): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await client.query('SELECT 1');
      await this.pause();
    }
  }

  private pause(): Promise<void> {
    return sleep(LOOK_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
