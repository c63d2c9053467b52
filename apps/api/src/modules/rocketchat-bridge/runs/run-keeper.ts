import { ROCKETCHAT_RUNS_TOLD, type RocketChatRunKind } from '@besedka/contracts';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../../../common/logging/logger.js';
import type { RunOutcome } from './run-commands.js';
import { failureOf } from './run-failure.js';
import { RunProgress } from './run-progress.js';
import { type NewRun, type RunEnd, RunsRepository } from './runs.repository.js';

/** Seconds after which a run whose process says nothing counts as interrupted. */
const LEASE_SECONDS = 45;
const HEARTBEAT_MS = 10_000;
/** Backups that somebody made on the page and that stay downloadable. */
export const BACKUPS_BY_HAND = 10;

/** How the work of a run came out; the run is noted as ended then. */
export type RunEnded =
  { readonly ok: true; readonly outcome: RunOutcome } | { readonly ok: false; readonly error: unknown };

type Work = (progress: RunProgress) => Promise<RunOutcome>;

/**
 * Holds a run while this process works on it: one at a time in the whole installation, whoever began it, with a progress that every
 * process sees. A run whose process dies is interrupted as soon as its lease is over.
 */
@Injectable()
export class RunKeeper implements OnModuleDestroy {
  private own: { readonly id: string; readonly progress: RunProgress } | null = null;
  private stopped = false;

  constructor(
    private readonly repository: RunsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Begins a run and works on it in the background.
   * @returns null: another one is under way, here or in another process
   */
  async begin(run: NewRun, work: Work): Promise<{ readonly ended: Promise<RunEnded> } | null> {
    if (!(await this.repository.begin(run, LEASE_SECONDS))) return null;
    let writes = Promise.resolve();
    const progress = new RunProgress((steps) => {
      // One after the other: the last one written is the last one told.
      writes = writes.then(() => this.hold(run.id, steps));
    });
    this.own = { id: run.id, progress };
    return { ended: this.work(run, work, progress, () => writes) };
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

  private async work(run: NewRun, work: Work, progress: RunProgress, written: () => Promise<void>): Promise<RunEnded> {
    const { id, kind } = run;
    const heartbeat = setInterval(() => void this.hold(id, progress.now), HEARTBEAT_MS);
    heartbeat.unref();
    try {
      const ended = await work(progress).then(
        (outcome): RunEnded => ({ ok: true, outcome }),
        (error: unknown): RunEnded => ({ ok: false, error }),
      );
      progress.endLast(ended.ok ? 'done' : 'failed');
      await written();
      await this.note(id, kind, endOf(run, ended, progress.now));
      return ended;
    } finally {
      clearInterval(heartbeat);
      if (this.own?.id === id) this.own = null;
    }
  }

  private async note(id: string, kind: RocketChatRunKind, end: RunEnd): Promise<void> {
    try {
      await this.repository.end(id, end);
      await this.repository.forgetOld(ROCKETCHAT_RUNS_TOLD, BACKUPS_BY_HAND);
    } catch (err) {
      // The database is away: the lease runs out, and the run counts as interrupted.
      if (!this.stopped) this.logger.error({ err, run: id, kind }, 'the end of a Rocket.Chat run could not be noted');
    }
  }

  private async hold(id: string, steps: RunProgress['now']): Promise<void> {
    try {
      await this.repository.hold(id, steps, LEASE_SECONDS);
    } catch (err) {
      if (!this.stopped) this.logger.warn({ err, run: id }, 'the progress of a Rocket.Chat run could not be noted');
    }
  }
}

function endOf({ origin }: NewRun, ended: RunEnded, steps: RunProgress['now']): RunEnd {
  if (!ended.ok) return { state: 'failed', steps, result: null, failure: failureOf(ended.error), file: null };
  const { result, file = null } = ended.outcome;
  // Whoever backs up on the command line has the file; it must not push out those that only the page has.
  return { state: 'done', steps, result, failure: null, file: origin === 'command-line' ? null : file };
}
