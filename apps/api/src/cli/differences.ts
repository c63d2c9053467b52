import type { Difference, PlanValue } from '../modules/rocketchat-bridge/plan.js';

/** One line for each difference, both values in it. */
export function lines(differences: readonly Difference[]): string {
  return differences
    .map(({ kind, id, from, to }) => `${kind.padEnd(11)}${id}: ${shown(from)} → ${shown(to)}\n`)
    .join('');
}

/** `1 difference`, `2 differences`. */
export function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function shown(value: PlanValue): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}
