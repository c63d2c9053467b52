import type { RocketChatStatus } from '@besedka/contracts/rocketchat-runs';

/** How the integration stands, in one word. */
export type Standing = 'off' | 'no-admin' | 'running' | 'broken' | 'no-token-secret' | 'new' | 'differs' | 'connected';

/** The newest of what is known counts: a finished `apply` over an older look, a newer look over it. */
export function standingOf(status: RocketChatStatus): Standing {
  const { missing, active, server, drift, lastApply, canRollBack, needsTokenSecret } = status;
  // The command line leaves no run, but the state that was there before.
  const isNew = lastApply === null && !canRollBack;
  if (missing.includes('ROCKETCHAT_URL')) return 'off';
  if (missing.length > 0) return 'no-admin';
  if (active !== null) return 'running';
  if (server === null) return 'broken';
  // Whatever else is as it shall be, nobody can sign in.
  if (needsTokenSecret) return 'no-token-secret';
  if (drift !== null && drift.checkedAt > (lastApply?.startedAt ?? '')) {
    if (drift.differences.length === 0) return 'connected';
    return isNew ? 'new' : 'differs';
  }
  if (isNew) return 'new';
  return lastApply === null || lastApply.state === 'done' ? 'connected' : 'differs';
}
