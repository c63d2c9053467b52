/** Where a page begins, and how many items it may have. */
export interface PageRequest {
  readonly offset: number;
  readonly count: number;
}

/** What every paged answer tells besides its items. */
export interface PageInfo {
  readonly total?: number;
}

/** The most that the server gives at once (`API_Upper_Count_Limit`). */
export const PAGE_SIZE = 100;

/**
 * Walks through a paged list. The server pages by offset: what is added or removed meanwhile may come twice or not at all, so a caller who
 * must be sure looks again.
 *
 * @param page fetches one page
 * @param items takes the items out of it
 */
export async function* walkPages<Page extends PageInfo, Item>(
  page: (request: PageRequest) => Promise<Page>,
  items: (page: Page) => readonly Item[],
): AsyncGenerator<Item, void, undefined> {
  for (let offset = 0; ;) {
    const answer = await page({ offset, count: PAGE_SIZE });
    const found = items(answer);
    yield* found;
    offset += found.length;
    // Servers with a smaller upper limit give shorter pages: only the total, or an empty page, is an end.
    if (found.length === 0 || (answer.total !== undefined && offset >= answer.total)) return;
    if (answer.total === undefined && found.length < PAGE_SIZE) return;
  }
}

/** All of it in an array. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
