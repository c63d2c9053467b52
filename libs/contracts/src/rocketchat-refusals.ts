/** Kinds of failures of Rocket.Chat's API, as its client tells them apart. Runs and accounts name what became of them by these. */
export const ROCKETCHAT_REFUSALS = [
  'unreachable',
  'timeout',
  'unauthorized',
  'forbidden',
  'second-factor',
  'rate-limited',
  'not-found',
  'already-so',
  'conflict',
  'invalid',
  'refused',
  'unavailable',
  'unexpected-answer',
] as const;
