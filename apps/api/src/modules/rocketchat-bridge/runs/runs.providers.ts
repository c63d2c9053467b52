import type { Provider, Type } from '@nestjs/common';
import { BackupFiles } from './backup-files.js';
import { BackupsController } from './backups.controller.js';
import { RunCommands } from './run-commands.js';
import { RunsController } from './runs.controller.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';
import { StatusService } from './status.service.js';

/** Runs of the bridge's commands, for the administration page. */
export const RUNS_PROVIDERS: Provider[] = [BackupFiles, RunCommands, RunsRepository, RunsService, StatusService];
export const RUNS_CONTROLLERS: Type[] = [RunsController, BackupsController];
