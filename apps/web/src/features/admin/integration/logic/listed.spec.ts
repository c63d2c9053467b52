import { describe, expect, it } from '@jest/globals';
import { type Listed, NOBODY, refreshed, shownOf } from './listed';

const listed = (nextCursor: string | null, ...ids: string[]): Listed => ({
  items: ids.map((userId) => ({
    userId,
    username: userId,
    fullName: userId,
    rocketChatUsername: null,
    state: 'failing',
    conflict: null,
    error: null,
    syncedAt: null,
  })),
  nextCursor,
});
const ids = ({ items }: Listed): string[] => items.map(({ userId }) => userId);

describe('a list that is read anew', () => {
  it('loses who is gone and gains who has come', () => {
    const now = refreshed(listed(null, 'a', 'b'), listed(null, 'b', 'c'));
    expect([ids(now), now.nextCursor]).toEqual([['b', 'c'], null]);
    expect(refreshed(listed('b', 'a', 'b'), NOBODY)).toEqual(NOBODY);
  });

  it('does not fold up what somebody has unfolded', () => {
    const now = refreshed(listed('after d', 'a', 'b', 'c', 'd'), listed('after b', 'a', 'b'));
    expect([ids(now), now.nextCursor]).toEqual([['a', 'b', 'c', 'd'], 'after d']);
  });

  it('goes on from its new end when nothing was shown beyond', () => {
    const now = refreshed(listed('after b', 'a', 'b'), listed('after c', 'b', 'c'));
    expect([ids(now), now.nextCursor]).toEqual([['b', 'c'], 'after c']);
  });

  it('asks for as many as are shown, within what one question may ask', () => {
    const many = (n: number): Listed => listed(null, ...Array.from({ length: n }, (_, i) => String(i)));
    expect([0, 40, 250].map((n) => shownOf(many(n)))).toEqual([20, 40, 200]);
  });
});
