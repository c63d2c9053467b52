import { badgeOf, type Membership, mentionsOf } from './membership.js';

const membership = (more: Partial<Membership>): Membership => ({
  ...{ id: 's', roomId: 'r', kind: 'channel', name: 'town', title: 'Town' },
  ...{ isShown: true, isSilenced: false, unread: 0, threads: 0, mentions: 0 },
  ...{ readAt: null, repliedAt: null, changedAt: 0 },
  ...more,
});

describe('the number beside a room', () => {
  it.each<[string, Partial<Membership>, number]>([
    ['messages', { unread: 3 }, 3],
    ['threads add', { unread: 3, threads: 2 }, 5],
    ['threads alone', { threads: 1 }, 1],
    ['nothing', {}, 0],
    ['a closed or archived room', { unread: 3, threads: 1, isShown: false }, 0],
    ['a silenced room', { unread: 3, isSilenced: true }, 0],
    ['never negative', { unread: -3 }, 0],
  ])('is that of Rocket.Chat itself (contract 9): %s', (_what, facts, number) => {
    expect(badgeOf(membership(facts))).toBe(number);
  });

  it('names how often somebody was mentioned only where a number is shown', () => {
    expect(mentionsOf(membership({ mentions: 2 }))).toBe(2);
    expect(mentionsOf(membership({ mentions: 2, isSilenced: true }))).toBe(0);
    expect(mentionsOf(membership({ mentions: -2 }))).toBe(0);
  });

  it('adds up to the total of Rocket.Chat', () => {
    const rooms = [
      { unread: 2, threads: 1 },
      { unread: 5, isSilenced: true },
      { unread: 7, isShown: false },
      { unread: 1 },
    ];
    expect(rooms.map(membership).reduce((sum, room) => sum + badgeOf(room), 0)).toBe(4);
  });
});
