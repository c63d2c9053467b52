import type { RocketChatRunSummary, RocketChatStatus } from '@besedka/contracts/rocketchat-runs';

/** How the integration stands, in one word. `faulty`: set up, but members are told at /chat that something is wrong. `accounts`: set up, but people's accounts fail or wait for a decision. */
export type Standing =
  | 'off'
  | 'no-admin'
  | 'running'
  | 'broken'
  | 'no-token-secret'
  | 'new'
  | 'differs'
  | 'faulty'
  | 'accounts'
  | 'connected';

/**
 * The worst of what is known: no connection over differences over what keeps people out over accounts that need somebody (`troubled` of them). Of the differences the
 * newest look counts: a finished `apply` over an older look, a newer look over it.
 */
export function standingOf(status: RocketChatStatus, troubled = 0): Standing {
  const { missing, active, server, needsTokenSecret } = status;
  if (missing.includes('ROCKETCHAT_URL')) return 'off';
  if (missing.length > 0) return 'no-admin';
  if (active !== null) return 'running';
  if (server === null) return 'broken';
  // Whatever else is as it shall be, nobody can sign in.
  if (needsTokenSecret) return 'no-token-secret';
  const setUp = setUpOf(status);
  if (setUp === 'connected' && status.findings.length > 0) return 'faulty';
  return setUp === 'connected' && troubled > 0 ? 'accounts' : setUp;
}

function setUpOf({ drift, driftStale, lastApply, canRollBack }: RocketChatStatus): 'new' | 'differs' | 'connected' {
  // An apply that was refused before it wrote anything has left the server as new as it was: what is written is kept first.
  const isNew = lastApply === null || (lastApply.state !== 'done' && !canRollBack);
  if (drift !== null && drift.checkedAt > (lastApply?.startedAt ?? '')) {
    // Something was taken back, and nobody has seen what came of it.
    if (driftStale) return 'differs';
    if (drift.differences.length === 0) return 'connected';
    return isNew ? 'new' : 'differs';
  }
  if (isNew) return 'new';
  return lastApply?.state === 'done' ? 'connected' : 'differs';
}

/** When Rocket.Chat is last known to have answered: the newest look or finished run; null when it never did. */
export function lastHeardOf({ drift }: RocketChatStatus, runs: readonly RocketChatRunSummary[]): string | null {
  const ended = runs.filter(({ state }) => state === 'done').map(({ finishedAt }) => finishedAt ?? '');
  return [drift?.checkedAt ?? '', ...ended].sort().at(-1) || null;
}
