import type { RocketChatStep, RocketChatVerifyCheck } from '@besedka/contracts/rocketchat-admin';
import type { RocketChatRun, RocketChatRunKind, RocketChatRunStep } from '@besedka/contracts/rocketchat-runs';

/** The order of `ROCKETCHAT_STEPS`, written down here: its file brings zod. `steps.spec.ts` holds both equal. */
export const APPLY_STEPS: readonly RocketChatStep[] = [
  'settings',
  'permissions',
  'channels',
  'first-channel',
  'client',
  'provider',
  'service',
  'webhooks',
  'members',
];
/** The order of `ROCKETCHAT_VERIFY_CHECKS`. */
export const VERIFY_STEPS: readonly RocketChatVerifyCheck[] = [
  'sign-in-offered',
  'frame-allowed',
  'signs-in',
  'in-channels',
  'unread-rises',
  'sign-out-ends',
  'cleaned-up',
];

/** Steps that are known beforehand; of the others there is nothing to wait for. */
const KNOWN: Partial<Record<RocketChatRunKind, readonly string[]>> = { apply: APPLY_STEPS, verify: VERIFY_STEPS };

/** `waiting`: not begun yet. `skipped`: there was nothing to do. */
export type StepState = RocketChatRunStep['state'] | 'waiting' | 'skipped';
export interface ShownStep {
  readonly id: string;
  readonly state: StepState;
  readonly changes: number;
}

/** Every step of a run with where it stands. The server lists only those that it began: what it passed had nothing to do. */
export function shownSteps(run: RocketChatRun): ShownStep[] {
  const known = KNOWN[run.kind];
  if (known === undefined) return run.steps.map(({ id, state, changes }) => ({ id, state, changes }));
  const begun = new Map(run.steps.map((step) => [step.id, step]));
  const last = Math.max(-1, ...run.steps.map(({ id }) => known.indexOf(id)));
  return known.map((id, index): ShownStep => {
    const step = begun.get(id);
    if (step) return { id, state: step.state, changes: step.changes };
    return { id, state: index < last || run.state === 'done' ? 'skipped' : 'waiting', changes: 0 };
  });
}
