import { setTimeout as delay } from 'node:timers/promises';
import type { RocketChatFailure } from '@besedka/contracts';
import { isRocketChatError } from '@besedka/rocketchat';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { systemContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';
import { WIZARD } from '../desired-state.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { inWords } from '../rocketchat-connector.js';
import { failureOf } from '../runs/run-failure.js';
import { RunsService } from '../runs/runs.service.js';
import { type AppliedFor, AppliedRepository } from './applied.repository.js';

/** Milliseconds between two looks at the version, which an upgrade changes while the portal runs. */
const LOOK_EVERY_MS = 10_000;
/** Milliseconds until the first try after a failure; each further one waits twice as long, up to the other. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Milliseconds between tries where only a person can help. Ten wrong passwords in five minutes would lock the account out. */
const HELPLESS_PAUSE_MS = 600_000;
const FAILED = 'Rocket.Chat could not be set up';
/** What passes by itself. */
const PASSING: ReadonlySet<RocketChatFailure> = new Set([
  'unreachable',
  'timeout',
  'unavailable',
  'rate-limited',
  'unexpected-answer',
  'internal',
]);

/** One try that did not end well. `sentence`: null when there is nothing to tell but that it waits. */
interface Setback {
  readonly kind: RocketChatFailure;
  readonly sentence: string | null;
  /** A fault of the program, for the log. */
  readonly error?: unknown;
}

/**
 * Sets Rocket.Chat up when the server starts: in the background, as soon as it is ready, however long that takes. Once for each pair of
 * versions; what somebody changes there by hand afterwards is drift, and left to the administration page. Nothing here can hold up the
 * portal or end it.
 */
@Injectable()
export class AutoApply implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private queue: Promise<unknown> = Promise.resolve();
  private setbacks = 0;
  private told: string | null = null;

  constructor(
    private readonly config: AppConfig,
    private readonly connection: RocketChatConnection,
    private readonly runs: RunsService,
    private readonly applied: AppliedRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.rocketChat.autoApply && this.connection.isConfigured) void this.watch();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const pause = await this.look();
      await delay(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Looks once, and does what is due; looks come one after the other. @returns milliseconds until the next look */
  look(): Promise<number> {
    const looked = this.queue.then(() => this.lookNow());
    this.queue = looked;
    return looked;
  }

  private async lookNow(): Promise<number> {
    try {
      const setback = await this.attempt();
      if (setback !== null) return this.setBack(setback);
      this.setbacks = 0;
      this.told = null;
      return LOOK_EVERY_MS;
    } catch (error) {
      if (this.stopping.signal.aborted) return LOOK_EVERY_MS;
      // Somebody else is at it.
      if (error instanceof AppError && error.code === 'rocketchat_run_active') return this.pause();
      return this.setBack({ ...failureOf(error), error });
    }
  }

  private async attempt(): Promise<Setback | null> {
    const version = await this.readyVersion();
    if (version === null) return { kind: 'unavailable', sentence: null };
    const { http, build, rocketChat } = this.config;
    const wanted: AppliedFor = {
      url: rocketChat.url ?? http.publicUrl,
      rocketchat: version,
      portal: `${build.version} ${build.commit}`,
    };
    if (await this.applied.isNoted(wanted)) return null;
    this.logger.info({ rocketchat: version }, 'Rocket.Chat is ready: setting it up');
    const { state, result, failure } = await this.runs.perform(systemContext('auto-apply'), { kind: 'apply' });
    if (failure !== null) return failure;
    if (state !== 'done' || result?.kind !== 'apply') return { kind: 'internal', sentence: null };
    await this.applied.note(wanted);
    const { changed, remaining } = result.applied;
    this.logger.info({ rocketchat: version, changes: changed.length }, 'Rocket.Chat is set up');
    // Members who could not be put right now are the queue's, which tries again.
    this.tellRemaining(remaining.flatMap(({ kind, id }) => (kind === 'member' ? [] : [id])));
    return null;
  }

  /** Null: it does not answer yet, or cannot work yet. */
  private async readyVersion(): Promise<string | null> {
    const { signal } = this.stopping;
    try {
      const { info } = this.connection.client;
      if (!(await info.health({ signal })).ready) return null;
      const profile = await inWords(() => info.profile({ exact: true, signal }), this.config.rocketChat);
      return profile.version.text;
    } catch (error) {
      if (isRocketChatError(error) && PASSING.has(error.kind)) return null;
      throw error;
    }
  }

  private setBack({ kind, sentence, error }: Setback): number {
    const reason = sentence ?? kind;
    const topic = kind === 'settings' ? reason : kind;
    // Once, not at every try.
    if (topic !== this.told) {
      if (error !== undefined && kind === 'internal') this.logger.error({ err: error }, FAILED);
      else if (PASSING.has(kind)) this.logger.info({ reason }, 'Rocket.Chat is not ready: waiting for it');
      else this.logger.error({ reason }, `${FAILED}: only a person can help`);
    }
    this.told = topic;
    return PASSING.has(kind) ? this.pause() : HELPLESS_PAUSE_MS;
  }

  private pause(): number {
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.setbacks, LONGEST_PAUSE_MS);
    this.setbacks += 1;
    return pause;
  }

  private tellRemaining(settings: readonly string[]): void {
    if (settings.includes(WIZARD)) {
      // A workspace that is not registered has it back at each change of version (F04, contract 4).
      this.logger.warn('the set-up wizard of Rocket.Chat is open: restarting Rocket.Chat once closes it');
    }
    const others = settings.filter((id) => id !== WIZARD);
    if (others.length > 0) this.logger.warn({ settings: others }, 'settings that Rocket.Chat lets nobody change');
  }
}
