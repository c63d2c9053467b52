import type { RocketChatRunKind } from '@besedka/contracts';
import { AppError } from '../../../common/errors/app-error.js';

export const notConfigured = (): AppError => new AppError('rocketchat_not_configured');
/** @param run the one under way; null when it has just ended */
export const runActive = (run: { id: string; kind: RocketChatRunKind } | null): AppError =>
  new AppError('rocketchat_run_active', { data: run === null ? {} : { id: run.id, kind: run.kind } });
export const planNeeded = (): AppError => new AppError('rocketchat_plan_needed');
