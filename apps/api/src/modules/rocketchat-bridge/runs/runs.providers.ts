import type { Provider, Type } from '@nestjs/common';
import { BackupFiles } from './backup-files.js';
import { BackupsController } from './backups.controller.js';
import { CommandLineRuns } from './command-line-runs.js';
import { RunCommands } from './run-commands.js';
import { RunKeeper } from './run-keeper.js';
import { RunsController } from './runs.controller.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';
import { StatusService } from './status.service.js';

const RUNNING: Provider[] = [RunCommands, RunKeeper, RunsRepository];

/** Runs of the bridge's commands, for the administration page. */
export const RUNS_PROVIDERS: Provider[] = [...RUNNING, BackupFiles, RunsService, StatusService];
export const RUNS_CONTROLLERS: Type[] = [RunsController, BackupsController];

/** The same for the command line. */
export const COMMAND_LINE_PROVIDERS: Provider[] = [...RUNNING, CommandLineRuns];
