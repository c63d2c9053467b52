import type { RocketChatRunStep } from '@besedka/contracts';

/** How far a run is. A step that is begun ends the one before. */
export class RunProgress {
  private steps: RocketChatRunStep[] = [];

  /** @param changed told after every change, with the steps as they are then */
  constructor(private readonly changed: (steps: readonly RocketChatRunStep[]) => void) {}

  get now(): readonly RocketChatRunStep[] {
    return this.steps;
  }

  begin(id: string, changes = 0): void {
    this.endLast('done');
    const startedAt = new Date().toISOString();
    this.steps = [...this.steps, { id, state: 'running', changes, startedAt, finishedAt: null }];
    this.changed(this.steps);
  }

  /** The run has ended, well or not. */
  endLast(state: Exclude<RocketChatRunStep['state'], 'running'>): void {
    const finishedAt = new Date().toISOString();
    this.steps = this.steps.map((step) => (step.state === 'running' ? { ...step, state, finishedAt } : step));
  }
}
