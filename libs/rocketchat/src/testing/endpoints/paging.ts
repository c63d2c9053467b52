import type { Core } from '../core.js';
import type { Input } from '../http/input.js';

/** One page of a list: `count` 50 by default, 100 at most, 0 for all where that is allowed; `offset` from 0. */
export function page<T>(
  { settings }: Core,
  list: readonly T[],
  query: Input,
): { items: T[]; count: number; offset: number; total: number } {
  const number = (name: string) => (query[name] === undefined ? undefined : Math.max(0, Number(query[name]) || 0));
  const offset = number('offset') ?? 0;
  const most = settings.number('API_Upper_Count_Limit');
  let count = Math.min(number('count') ?? settings.number('API_Default_Count'), most);
  if (count === 0)
    count = settings.bool('API_Allow_Infinite_Count') ? list.length : settings.number('API_Default_Count');
  const items = list.slice(offset, offset + count);
  return { items, count: items.length, offset, total: list.length };
}
