import { setTimeout as delay } from 'node:timers/promises';
import type { RocketChatBackupFile, RocketChatRunKind, RocketChatRunResult } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { newId } from '../../../common/ids.js';
import { StartupError } from '../../../config/config-error.js';
import { RocketChatConnector } from '../rocketchat-connector.js';
import { RunCommands, type RunOutcome } from './run-commands.js';
import { RunKeeper } from './run-keeper.js';
import { type NewRun, type RunRow, RunsRepository } from './runs.repository.js';

const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** What a command is to do. */
export interface CommandLineRun<K extends RocketChatRunKind> {
  readonly kind: K;
  /** What a restore and its plan read. */
  readonly file?: RocketChatBackupFile;
  /** The kept backup that it is, when it is one. */
  readonly backupId?: string | null;
  /** Told before each step, with how much it has to change (0: not counted). */
  readonly onStep?: (step: string, changes: number) => void;
  /** Told once when another run is under way, which is waited for. */
  readonly onWait?: (other: RunRow) => void;
}

/** What came of it, of this kind. */
export type CommandLineOutcome<K extends RocketChatRunKind> = Omit<RunOutcome, 'result'> & {
  readonly result: Extract<RocketChatRunResult, { kind: K }>;
};

/**
 * Runs of the command line. They are noted like those of the page, so that its history and its state know of them, and take their turn
 * with them: what is under way is waited for.
 */
@Injectable()
export class CommandLineRuns {
  constructor(
    private readonly repository: RunsRepository,
    private readonly keeper: RunKeeper,
    private readonly commands: RunCommands,
    private readonly connector: RocketChatConnector,
  ) {}

  /** @throws StartupError and whatever the command throws; also when another run goes on and on */
  async perform<K extends RocketChatRunKind>(
    ctx: RequestContext,
    { kind, file, backupId = null, onStep, onWait }: CommandLineRun<K>,
  ): Promise<CommandLineOutcome<K>> {
    // Without a server to work with nothing is begun, and nothing noted.
    this.connector.assertConfigured();
    const given = file ?? null;
    const kept = backupId === null ? given : null;
    const end = performance.now() + PATIENCE_MS;
    let told = false;
    for (;;) {
      // Anew at each try: ids are in the order of time.
      const id = newId();
      const run: NewRun = { id, kind, origin: 'command-line', startedBy: null, backupId, file: kept };
      const begun = await this.keeper.begin(run, (progress) =>
        this.commands.perform(
          ctx,
          { id, kind, file: given },
          {
            begin: (step, changes = 0) => {
              onStep?.(step, changes);
              progress.begin(step, changes);
            },
          },
        ),
      );
      if (begun !== null) {
        const ended = await begun.ended;
        if (!ended.ok) throw ended.error;
        return ended.outcome as CommandLineOutcome<K>;
      }
      const other = await this.repository.running();
      if (other !== null && !told) onWait?.(other);
      told ||= other !== null;
      if (performance.now() > end) throw new StartupError('Another run is under way: wait for its end.');
      await delay(LOOK_EVERY_MS);
    }
  }
}
