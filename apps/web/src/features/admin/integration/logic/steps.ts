import type { RocketChatRun, RocketChatRunKind, RocketChatRunStep } from '@besedka/contracts/rocketchat-runs';
import { ROCKETCHAT_STEPS, ROCKETCHAT_VERIFY_CHECKS } from '@besedka/contracts/rocketchat-steps';

/** Steps that are known beforehand; of the others there is nothing to wait for. */
const KNOWN: Partial<Record<RocketChatRunKind, readonly string[]>> = {
  apply: ROCKETCHAT_STEPS,
  verify: ROCKETCHAT_VERIFY_CHECKS,
};

/** `waiting`: not begun yet. `skipped`: there was nothing to do. `unreached`: the run ended before it. */
export type StepState = RocketChatRunStep['state'] | 'waiting' | 'skipped' | 'unreached';
export interface ShownStep {
  readonly id: string;
  readonly state: StepState;
  readonly changes: number;
}

/**
 * Every step of a run with where it stands. The server lists only those that it began: what it passed had nothing to do. A run that was
 * refused before the first one has none to show.
 */
export function shownSteps(run: RocketChatRun): ShownStep[] {
  const known = KNOWN[run.kind];
  if (known === undefined) return run.steps.map(({ id, state, changes }) => ({ id, state, changes }));
  const ended = run.state === 'failed' || run.state === 'interrupted';
  if (ended && run.steps.length === 0) return [];
  const begun = new Map(run.steps.map((step) => [step.id, step]));
  const last = Math.max(-1, ...run.steps.map(({ id }) => known.indexOf(id)));
  return known.map((id, index): ShownStep => {
    const step = begun.get(id);
    if (step) return { id, state: step.state, changes: step.changes };
    if (index < last || run.state === 'done') return { id, state: 'skipped', changes: 0 };
    return { id, state: ended ? 'unreached' : 'waiting', changes: 0 };
  });
}
