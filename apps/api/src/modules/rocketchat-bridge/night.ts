const NIGHT_HOUR = 2;
const DAY_MS = 86_400_000;

/** The last moment at or before `now` that is `jitterMs` after two o'clock at night, UTC. */
export function nightBefore(now: Date, jitterMs: number): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), NIGHT_HOUR) + jitterMs;
  return new Date(today <= now.getTime() ? today : today - DAY_MS);
}
