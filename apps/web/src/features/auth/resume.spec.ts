import { describe, expect, it } from '@jest/globals';
import { mayResume } from './resume';

/** The part of a browser's storage that is used. */
function memory(): Storage {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  } as unknown as Storage;
}
const FULL = {
  getItem: () => null,
  setItem: () => {
    throw new Error('the quota is exceeded');
  },
} as unknown as Storage;

describe('going on by itself to a waiting request', () => {
  it('stops when the server sends the same person back again and again', () => {
    const storage = memory();
    const seen = [0, 1000, 2000, 3000].map((now) =>
      // The server's note tells the time, so it differs each time.
      mayResume(`/o/authorize?a&besedka_resume=${now}`, now, storage),
    );
    expect(seen).toEqual([true, true, false, false]);
  });

  it('goes on for another request, and for the same one later', () => {
    const storage = memory();
    for (const now of [0, 1]) mayResume('/o/authorize?a', now, storage);
    expect(mayResume('/o/authorize?b', 2, storage)).toBe(true);
    for (const now of [3, 4]) mayResume('/o/authorize?a', now, storage);
    expect(mayResume('/o/authorize?a', 5, storage)).toBe(false);
    expect(mayResume('/o/authorize?a', 70_000, storage)).toBe(true);
  });

  it('never where nothing can be counted', () => expect(mayResume('/o/authorize?a', 0, FULL)).toBe(false));
});
