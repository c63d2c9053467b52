import { describe, expect, it } from '@jest/globals';
import type { RocketChatRun } from '@besedka/contracts/rocketchat-runs';
import { shownSteps } from './steps';

const at = '2026-11-21T10:00:00.000Z';
const run = (state: RocketChatRun['state'], steps: [string, 'running' | 'done' | 'failed'][]): RocketChatRun => ({
  ...{
    id: '018f0000-0000-7000-8000-000000000001',
    kind: 'apply',
    state,
    origin: 'page',
    startedBy: null,
    startedAt: at,
  },
  ...{ finishedAt: null, failure: null, backupId: null, result: null },
  steps: steps.map(([id, one]) => ({ id, state: one, changes: 2, startedAt: at, finishedAt: null })),
});
const states = (of: RocketChatRun): string =>
  shownSteps(of)
    .map(({ state }) => state[0])
    .join('');

describe('the steps of a run', () => {
  it('that were passed had nothing to do; those to come wait while it runs, and are not reached when it broke off', () => {
    expect(states(run('running', []))).toBe('wwwwwwwww');
    expect(
      states(
        run('running', [
          ['settings', 'done'],
          ['channels', 'running'],
        ]),
      ),
    ).toBe('dsrwwwwww');
    expect(states(run('failed', [['channels', 'failed']]))).toBe('ssfuuuuuu');
    expect(states(run('interrupted', [['settings', 'done']]))).toBe('duuuuuuuu');
    expect(states(run('done', [['provider', 'done']]))).toBe('sssssdsss');
    expect(states(run('done', []))).toBe('sssssssss');
  });

  it('of a run that was refused before the first one: none', () => {
    expect(states(run('failed', []))).toBe('');
  });
});
