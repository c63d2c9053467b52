import {
  ROCKETCHAT_RUNS_TOLD,
  type RocketChatBackupFile,
  type RocketChatRun,
  type RocketChatRunKind,
  type RocketChatRunSummary,
  type RocketChatStatus,
  type StartRocketChatRun,
} from '@besedka/contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { newId } from '../../../common/ids.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { BackupFiles } from './backup-files.js';
import { RunCommands } from './run-commands.js';
import { failureOf } from './run-failure.js';
import { type RunEnded, RunKeeper } from './run-keeper.js';
import { notConfigured, planNeeded, runActive } from './runs.errors.js';
import { toRun, toRunSummary } from './runs.mapper.js';
import { type NewRun, RunsRepository } from './runs.repository.js';

/** The plan that has to be there before something is carried out. */
const PLAN_OF: Partial<Record<RocketChatRunKind, RocketChatRunKind>> = {
  rollback: 'rollback-plan',
  restore: 'restore-plan',
};

/** What the API takes, and a plan of a file that was uploaded. */
type Asked = StartRocketChatRun | { readonly kind: 'restore-plan' };
type Source = { readonly backupId: string | null; readonly file: RocketChatBackupFile | null };

/**
 * Runs the bridge's commands for the administration page: in the background, with a progress that every process and every reloaded page
 * sees. What was interrupted may be run again: the commands themselves go on from where things are.
 */
@Injectable()
export class RunsService {
  constructor(
    private readonly repository: RunsRepository,
    private readonly keeper: RunKeeper,
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
    return this.get((await this.begin(ctx, asked, uploaded)).id);
  }

  /** The same for who waits for the end, as a start-up or a test does. */
  async perform(ctx: RequestContext, asked: StartRocketChatRun): Promise<RocketChatRun> {
    const { id, ended } = await this.begin(ctx, asked, null);
    await ended;
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

  /** The run under way, the last ones that the page tells of, and whether what was looked at before still holds. */
  async overview(
    lookedAt: Date | null,
  ): Promise<
    Pick<RocketChatStatus, 'active' | 'lastApply' | 'lastVerify' | 'latestRunId' | 'verifyStale' | 'driftStale'>
  > {
    await this.repository.endAbandoned();
    const { repository } = this;
    const [active, lastApply, lastVerify, { latestId, wroteAt }] = await Promise.all([
      repository.running(),
      repository.lastOf('apply'),
      repository.lastOf('verify'),
      repository.marks(),
    ]);
    return {
      active: active && toRunSummary(active),
      lastApply: lastApply && toRunSummary(lastApply),
      lastVerify: lastVerify && toRunSummary(lastVerify),
      latestRunId: latestId,
      verifyStale: lastVerify !== null && wroteAt !== null && wroteAt > lastVerify.startedAt,
      driftStale: lookedAt !== null && wroteAt !== null && wroteAt > lookedAt,
    };
  }

  private async begin(
    ctx: RequestContext,
    asked: Asked,
    uploaded: RocketChatBackupFile | null,
  ): Promise<{ id: string; ended: Promise<unknown> }> {
    if (!this.connection.isConfigured) throw notConfigured();
    const { backupId, file } = await this.sourceOf(asked, uploaded);
    const id = newId();
    const { kind } = asked;
    const startedBy = ctx.principal?.username ?? null;
    const run: NewRun = {
      ...{ id, kind, startedBy, backupId },
      origin: startedBy === null ? 'portal' : 'page',
      file: backupId === null ? file : null,
    };
    const begun = await this.keeper.begin(run, (progress) => this.commands.perform(ctx, { id, kind, file }, progress));
    if (begun === null) throw runActive(await this.repository.running());
    return { id, ended: begun.ended.then((ended) => this.tell({ run: id, kind }, ended)) };
  }

  /** What the log has to know of an end. */
  private tell(facts: { run: string; kind: RocketChatRunKind }, ended: RunEnded): void {
    if (!ended.ok) {
      const { kind: failure, sentence } = failureOf(ended.error);
      if (failure === 'internal') this.logger.error({ ...facts, failure, err: ended.error }, 'a Rocket.Chat run broke');
      else this.logger.warn({ ...facts, failure, reason: sentence }, 'a Rocket.Chat run failed');
    } else if (ended.outcome.blind !== undefined) {
      this.logger.warn({ ...facts, err: ended.outcome.blind }, 'what differs after a restore could not be looked at');
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
