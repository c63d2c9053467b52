import type { RocketChatRun, RocketChatRunResult, RocketChatRunSummary } from '@besedka/contracts';
import type { RunRow } from './runs.repository.js';

export function toRun(row: RunRow): RocketChatRun {
  const { id, kind, state, origin, startedBy, backupId, failure, result } = row;
  // The process that would have ended them is gone.
  const steps = row.steps.map((step) =>
    state === 'interrupted' && step.state === 'running' ? { ...step, state: 'interrupted' as const } : step,
  );
  return { ...{ id, kind, state, origin, startedBy, backupId, failure, result, steps }, ...times(row) };
}

export function toRunSummary(row: RunRow): RocketChatRunSummary {
  const { id, kind, state, origin, startedBy, failure, result } = row;
  return { ...{ id, kind, state, origin, startedBy, failure, count: countOf(result) }, ...times(row) };
}

const times = ({ startedAt, finishedAt }: RunRow): Pick<RocketChatRun, 'startedAt' | 'finishedAt'> => ({
  startedAt: startedAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});

function countOf(result: RocketChatRunResult | null): number | null {
  switch (result?.kind) {
    case 'plan':
      return result.plan.differences.length;
    case 'apply':
      return result.applied.changed.length;
    case 'verify':
      return result.verification.checks.filter(({ ok }) => !ok).length;
    case 'rollback-plan':
    case 'restore-plan':
      return result.restorePlan.differences.length;
    case 'rollback':
    case 'restore':
      return result.restored.changed.length;
    case 'backup':
    case undefined:
      return null;
  }
}
