import { isRocketChatError, type RocketChatErrorKind } from '@besedka/rocketchat';
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type RequestContext, systemContext } from '../../../common/context/request-context.js';
import type { UnitOfWorkTx } from '../../../database/unit-of-work.js';
import { OutboxUnavailable } from '../../outbox/outbox-unavailable.js';
import { type OutboxEntry, OutboxService } from '../../outbox/outbox.service.js';
import { type AccountHook, AccountHooksRegistry } from '../../users/account-hooks.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { LinksRepository } from './links.repository.js';
import { SYNC_TOPIC, SyncQueue } from './sync-queue.js';
import { SyncService } from './sync.service.js';

/** What says nothing about the person: nobody could be written now. */
const AWAY: readonly RocketChatErrorKind[] = [
  'unreachable',
  'timeout',
  'unavailable',
  'unauthorized',
  'second-factor',
  'rate-limited',
  'unexpected-answer',
];
/** Milliseconds for the question whether Rocket.Chat is back. */
const PROBE_MS = 5_000;

/**
 * Keeps Rocket.Chat in step while the portal runs: every change of an account is promised inside its transaction, and delivered in
 * order per person as soon as Rocket.Chat can be reached. Without a Rocket.Chat nothing is promised.
 */
@Injectable()
export class SyncWorker implements AccountHook, OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly connection: RocketChatConnection,
    private readonly outbox: OutboxService,
    private readonly hooks: AccountHooksRegistry,
    private readonly queue: SyncQueue,
    private readonly sync: SyncService,
    private readonly links: LinksRepository,
  ) {}

  onModuleInit(): void {
    if (!this.connection.isConfigured) return;
    this.hooks.register(this);
    this.outbox.handle(
      SYNC_TOPIC,
      (entry) => this.deliver(entry),
      () => this.isAvailable(),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.connection.isConfigured) await this.queue.addUnknown(systemContext('rocketchat'));
    else await this.links.forgetAllSynced();
  }

  accessChanged(_ctx: RequestContext, tx: UnitOfWorkTx, userIds: readonly string[]): Promise<void> {
    return this.queue.add(tx, userIds);
  }

  profileChanged(_ctx: RequestContext, tx: UnitOfWorkTx, userId: string): Promise<void> {
    return this.queue.add(tx, [userId]);
  }

  private async deliver({ key }: OutboxEntry): Promise<void> {
    try {
      await this.sync.reconcile(this.connection.client, key);
    } catch (error) {
      if (isRocketChatError(error, ...AWAY)) throw new OutboxUnavailable(error.message, { cause: error });
      throw error;
    }
  }

  /** Signed in, so that a refused admin account rests the topic as well. */
  private async isAvailable(): Promise<boolean> {
    try {
      await this.connection.client.auth.me({ timeoutMs: PROBE_MS, rateLimitWaitMs: PROBE_MS });
      return true;
    } catch {
      return false;
    }
  }
}
