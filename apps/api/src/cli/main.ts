import 'reflect-metadata';
import { constants } from 'node:os';
import { DataSource } from 'typeorm';
import { isDatabaseUnavailable } from '../common/errors/database-errors.js';
import type { AppConfig } from '../config/app-config.js';
import { StartupError } from '../config/config-error.js';
import { loadConfig } from '../config/load-config.js';
import { RunKeeper } from '../modules/rocketchat-bridge/runs/run-keeper.js';
import { EXIT_USAGE, readArguments, usage } from './arguments.js';
import { assertDatabaseFits } from './check-database.js';
import { openContext } from './cli-context.js';
import type { Command, CommandOptions, CommandResult } from './commands.js';

/**
 * The admin program, with the settings of the server from the same variables: `node apps/api/dist/cli/main.js <command>`. The result
 * goes to standard output, everything else to standard error. Ends with 0, with 1 after a failure, with 2 when something
 * is not as it shall be, with 64 when it was called wrongly.
 */
async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  switch (asked.kind) {
    case 'help':
      process.stdout.write(usage());
      return 0;
    case 'wrong':
      process.stderr.write(`${asked.reason}\n\n${usage()}`);
      return EXIT_USAGE;
    case 'command': {
      const { facts, text, exitCode } = await perform(asked.command, asked.options);
      process.stdout.write(asked.json ? `${JSON.stringify(facts)}\n` : text);
      return exitCode ?? 0;
    }
  }
}

async function perform(command: Command, options: CommandOptions): Promise<CommandResult> {
  const load = (): AppConfig => loadConfig(process.env);
  if ('alone' in command) return command.alone(load, options);
  const config = load();
  const app = await openContext(config);
  interruptOn(app.get(RunKeeper));
  try {
    await assertDatabaseFits(app.get(DataSource));
    return await command.run(app, options);
  } finally {
    await app.close();
  }
}

/** Somebody stops the command: what it was doing is noted as interrupted, so that another may begin at once. */
function interruptOn(run: RunKeeper): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Not closed in order: what Rocket.Chat is being asked may take its time.
    process.once(signal, () => void run.onModuleDestroy().finally(() => process.exit(128 + constants.signals[signal])));
  }
}

/** One sentence, without a stack. */
function sentence(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  if (isDatabaseUnavailable(error)) return 'The database at DATABASE_URL cannot be reached.';
  return `The command failed: ${(error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exitCode = 1;
}
