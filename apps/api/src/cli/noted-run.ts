import type { RocketChatRunKind } from '@besedka/contracts';
import type { INestApplicationContext } from '@nestjs/common';
import { systemContext } from '../common/context/request-context.js';
import {
  type CommandLineOutcome,
  type CommandLineRun,
  CommandLineRuns,
} from '../modules/rocketchat-bridge/runs/command-line-runs.js';
import { failureOf } from '../modules/rocketchat-bridge/runs/run-failure.js';
import type { RunRow } from '../modules/rocketchat-bridge/runs/runs.repository.js';

/**
 * Does what a command of the bridge does, as a run that the Integration page shows. What it is doing, and whom it waits for, goes to
 * standard error.
 * @throws StartupError
 */
export async function notedRun<K extends RocketChatRunKind>(
  app: INestApplicationContext,
  run: CommandLineRun<K>,
): Promise<CommandLineOutcome<K>> {
  const onWait = (other: RunRow): void => void process.stderr.write(`${waiting(other)}\n`);
  const outcome = await app.get(CommandLineRuns).perform(systemContext('cli'), { onStep: progress, onWait, ...run });
  if (outcome.blind !== undefined) {
    const why = failureOf(outcome.blind).sentence ?? 'see the log';
    process.stderr.write(`What differs now could not be looked at: ${why}\n`);
  }
  return outcome;
}

function progress(step: string, changes: number): void {
  process.stderr.write(`${step}: ${changes} to change\n`);
}

function waiting({ kind, origin, startedBy, startedAt }: RunRow): string {
  const who = { page: `${startedBy ?? 'somebody'} on the page`, 'command-line': 'a command', portal: 'the portal' };
  return `Waiting: ${kind} is under way since ${startedAt.toISOString()}, begun by ${who[origin]}.`;
}
