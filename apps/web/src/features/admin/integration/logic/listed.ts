import { PAGE_MAX } from '@besedka/contracts/limits';
import type { RocketChatSync } from '@besedka/contracts/rocketchat-sync';

/** People in one state, as far as they are shown, in the order of their ids. */
export type Listed = Pick<RocketChatSync, 'items' | 'nextCursor'>;

export const NOBODY: Listed = { items: [], nextCursor: null };

/** People of one page. */
const PAGE = 20;

/** How many to ask for, so that a list that somebody has unfolded does not fold up again. */
export const shownOf = ({ items }: Listed): number => Math.min(PAGE_MAX, Math.max(PAGE, items.length));

/** A list after its beginning was read anew; what was shown beyond stays until it is asked for again. */
export function refreshed(before: Listed, beginning: Listed): Listed {
  const last = beginning.items.at(-1)?.userId;
  if (beginning.nextCursor === null || last === undefined) return beginning;
  const beyond = before.items.filter(({ userId }) => userId > last);
  if (beyond.length === 0) return beginning;
  return { items: [...beginning.items, ...beyond], nextCursor: before.nextCursor };
}
