import type { Provider, Type } from '@nestjs/common';
import { RunCommands } from './run-commands.js';
import { RunsController } from './runs.controller.js';
import { RunsRepository } from './runs.repository.js';
import { RunsService } from './runs.service.js';
import { StatusService } from './status.service.js';

/** Runs of the bridge's commands, for the administration page. */
export const RUNS_PROVIDERS: Provider[] = [RunCommands, RunsRepository, RunsService, StatusService];
export const RUNS_CONTROLLERS: Type[] = [RunsController];
