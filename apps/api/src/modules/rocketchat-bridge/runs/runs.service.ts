import {
  ROCKETCHAT_RUNS_TOLD,
  type RocketChatBackupFile,
  type RocketChatRun,
  type RocketChatRunKind,
  type RocketChatRunSummary,
  type StartRocketChatRun,
} from '@besedka/contracts';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { newId } from '../../../common/ids.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { BackupFiles } from './backup-files.js';
import { RunCommands, type RunInput } from './run-commands.js';
import { failureOf } from './run-failure.js';
import { RunProgress } from './run-progress.js';
import { notConfigured, planNeeded, runActive } from './runs.errors.js';
import { toRun, toRunSummary } from './runs.mapper.js';
import { type RunEnd, RunsRepository } from './runs.repository.js';

/** Seconds after which a run whose process says nothing counts as interrupted. */
const LEASE_SECONDS = 45;
const HEARTBEAT_MS = 10_000;
/** Backups that somebody made by hand and that stay downloadable. */
export const BACKUPS_BY_HAND = 10;
/** The plan that has to be there before something is carried out. */
const PLAN_OF: Partial<Record<RocketChatRunKind, RocketChatRunKind>> = {
  rollback: 'rollback-plan',
  restore: 'restore-plan',
};

/** What the API takes, and a plan of a file that was uploaded. */
type Asked = StartRocketChatRun | { readonly kind: 'restore-plan' };
type Source = { readonly backupId: string | null; readonly file: RocketChatBackupFile | null };

/** A run of this process. */
interface Own {
  readonly id: string;
  readonly progress: RunProgress;
  readonly ended: Promise<void>;
}

/**
 * Runs the bridge's commands for the administration page: one at a time in the whole installation, in the background, with a progress that
 * every process and every reloaded page sees. A run whose process dies is interrupted as soon as its lease is over, and may be run again:
 * the commands themselves go on from where things are.
 */
@Injectable()
export class RunsService implements OnModuleDestroy {
  private own: Own | null = null;
  private stopped = false;

  constructor(
    private readonly repository: RunsRepository,
    private readonly commands: RunCommands,
    private readonly files: BackupFiles,
    private readonly connection: RocketChatConnection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Begins a run and answers at once.
   * @param uploaded the file of a `restore-plan` that names no backup
   * @throws AppError `rocketchat_not_configured`, `rocketchat_run_active` (with the one under way), `rocketchat_plan_needed`,
   *   `not_found` (no such backup)
   */
  async start(ctx: RequestContext, asked: Asked, uploaded: RocketChatBackupFile | null = null): Promise<RocketChatRun> {
    if (!this.connection.isConfigured) throw notConfigured();
    const { backupId, file } = await this.sourceOf(asked, uploaded);
    const id = newId();
    const input: RunInput = { id, kind: asked.kind, file };
    const startedBy = ctx.principal?.username ?? null;
    const kept = backupId === null ? file : null;
    if (!(await this.repository.begin({ id, kind: asked.kind, backupId, file: kept, startedBy }, LEASE_SECONDS))) {
      throw runActive(await this.repository.running());
    }
    let writes = Promise.resolve();
    const progress = new RunProgress((steps) => {
      // One after the other: the last one written is the last one told.
      writes = writes.then(() => this.hold(id, steps));
    });
    const ended = this.work(ctx, id, input, progress, () => writes);
    this.own = { id, progress, ended };
    return this.get(id);
  }

  /** The same for who waits for the end, as a start-up or a test does. */
  async perform(ctx: RequestContext, asked: StartRocketChatRun): Promise<RocketChatRun> {
    const { id } = await this.start(ctx, asked);
    await this.own?.ended;
    return this.get(id);
  }

  /** @throws AppError `not_found` */
  async get(id: string): Promise<RocketChatRun> {
    await this.repository.endAbandoned();
    const row = await this.repository.find(id);
    if (row === null) throw new AppError('not_found');
    return toRun(row);
  }

  /** The latest first. */
  async list(): Promise<RocketChatRunSummary[]> {
    await this.repository.endAbandoned();
    return (await this.repository.latest(ROCKETCHAT_RUNS_TOLD)).map(toRunSummary);
  }

  /** The run under way, and the last one of each kind. */
  async overview(): Promise<{
    active: RocketChatRunSummary | null;
    last: ReadonlyMap<RocketChatRunKind, RocketChatRunSummary>;
  }> {
    await this.repository.endAbandoned();
    const [active, last] = await Promise.all([this.repository.running(), this.repository.lastOfEachKind()]);
    return {
      active: active && toRunSummary(active),
      last: new Map(last.map((row) => [row.kind, toRunSummary(row)])),
    };
  }

  /** The process stops: what it was doing is over, and another may begin at once. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    if (this.own === null) return;
    const { id, progress } = this.own;
    this.own = null;
    progress.endLast('interrupted');
    await this.repository
      .end(id, { state: 'interrupted', steps: progress.now, result: null, failure: null, file: null })
      .catch((err: unknown) => this.logger.warn({ err, run: id }, 'an interrupted run could not be noted'));
  }

  private async work(
    ctx: RequestContext,
    id: string,
    input: RunInput,
    progress: RunProgress,
    written: () => Promise<void>,
  ): Promise<void> {
    const heartbeat = setInterval(() => void this.hold(id, progress.now), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      const end = await this.outcome(ctx, id, input, progress);
      await written();
      await this.repository.end(id, end);
      await this.repository.forgetOld(ROCKETCHAT_RUNS_TOLD, BACKUPS_BY_HAND);
    } catch (err) {
      // The database is away: the lease runs out, and the run counts as interrupted.
      if (!this.stopped)
        this.logger.error({ err, run: id, kind: input.kind }, 'the end of a Rocket.Chat run could not be noted');
    } finally {
      clearInterval(heartbeat);
      if (this.own?.id === id) this.own = null;
    }
  }

  private async outcome(ctx: RequestContext, id: string, input: RunInput, progress: RunProgress): Promise<RunEnd> {
    try {
      const { result, file = null } = await this.commands.perform(ctx, input, progress);
      progress.endLast('done');
      return { state: 'done', steps: progress.now, result, failure: null, file };
    } catch (err) {
      const failure = failureOf(err);
      const facts = { run: id, kind: input.kind, failure: failure.kind };
      if (failure.kind === 'internal') this.logger.error({ ...facts, err }, 'a Rocket.Chat run broke');
      else this.logger.warn({ ...facts, reason: failure.sentence }, 'a Rocket.Chat run failed');
      progress.endLast('failed');
      return { state: 'failed', steps: progress.now, result: null, failure, file: null };
    }
  }

  private async hold(id: string, steps: RunProgress['now']): Promise<void> {
    try {
      await this.repository.hold(id, steps, LEASE_SECONDS);
    } catch (err) {
      if (!this.stopped) this.logger.warn({ err, run: id }, 'the progress of a Rocket.Chat run could not be noted');
    }
  }

  /**
   * The backup that a restore reads. What is carried out is what was planned: the plan is of the same kind, was done, and nothing was
   * written since; its backup is the one.
   */
  private async sourceOf(asked: Asked, uploaded: RocketChatBackupFile | null): Promise<Source> {
    if ('backupId' in asked) return { backupId: asked.backupId, file: await this.files.read(asked.backupId) };
    if (!('planId' in asked)) return { backupId: null, file: uploaded };
    const plan = await this.repository.find(asked.planId);
    const isGood = plan !== null && plan.kind === PLAN_OF[asked.kind] && plan.state === 'done';
    if (!isGood || (await this.repository.hasWrittenSince(plan.id))) throw planNeeded();
    if (asked.kind === 'rollback') return { backupId: null, file: null };
    const file = plan.backupId === null ? await this.repository.file(plan.id) : await this.files.read(plan.backupId);
    return { backupId: plan.backupId, file };
  }
}
