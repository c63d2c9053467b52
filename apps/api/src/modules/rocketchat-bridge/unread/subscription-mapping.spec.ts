import type { SubscriptionDocument, SubscriptionEvent } from './subscription-feed.js';
import { changeOf, endsStream, membershipOf, postBetween } from './subscription-mapping.js';

const AT = new Date('2026-11-21T10:00:00.000Z');
const document = (more: Partial<SubscriptionDocument> = {}): SubscriptionDocument => ({
  ...{ _id: 'sub', rid: 'room', t: 'c', u: { _id: 'ann' }, name: 'town', fname: 'Town hall', open: true },
  ...{ alert: false, unread: 0, userMentions: 0, groupMentions: 0, _updatedAt: AT },
  ...more,
});

/** Events as MongoDB words them, with the members that our projection leaves. */
const update = (
  updatedFields: NonNullable<NonNullable<SubscriptionEvent['updateDescription']>['updatedFields']>,
  more: Partial<SubscriptionDocument> = {},
): SubscriptionEvent => ({
  _id: { _data: '8269…' },
  operationType: 'update',
  documentKey: { _id: 'sub' },
  fullDocument: document(more),
  updateDescription: { updatedFields: { _updatedAt: AT, ...updatedFields } },
});

describe('a subscription becomes a membership', () => {
  it.each<[string, Partial<SubscriptionDocument>, object]>([
    ['a channel', {}, { kind: 'channel', title: 'Town hall', name: 'town', isShown: true, isSilenced: false }],
    ['a private group', { t: 'p' }, { kind: 'group' }],
    ['a conversation', { t: 'd', name: 'bob', fname: 'Bob B.' }, { kind: 'direct', name: 'bob', title: 'Bob B.' }],
    ['without a title', { fname: null }, { title: 'town' }],
    ['without any name', { fname: undefined, name: undefined }, { title: 'room', name: 'room' }],
    ['closed', { open: false }, { isShown: false }],
    ['archived', { archived: true }, { isShown: false }],
    ['silenced', { hideUnreadStatus: true }, { isSilenced: true }],
    ['threads', { tunread: ['a', 'b'], tunreadUser: ['a'] }, { threads: 2, mentions: 1 }],
    ['mentions', { userMentions: 2, groupMentions: 1 }, { mentions: 3 }],
    ['hidden mentions', { userMentions: 2, hideMentionStatus: true }, { mentions: 0 }],
    ['missing numbers', { unread: undefined, userMentions: null }, { unread: 0, mentions: 0, threads: 0 }],
    ['a damaged moment', { ls: 'yesterday' as unknown as Date }, { readAt: null }],
    ['damaged numbers', { unread: -4, groupMentions: Number.NaN }, { unread: 0, mentions: 0 }],
  ])('%s', (_what, more, expected) => {
    expect(membershipOf(document(more))).toMatchObject(expected);
  });

  it.each([[{ status: 'INVITED' }], [{ status: 'BANNED' }], [{ t: 'l' }], [{ t: 'constructor' }]])(
    'no member, or no chat: %j',
    (more) => {
      expect(membershipOf(document(more))).toBeUndefined();
    },
  );
});

describe('an event of the change stream', () => {
  it.each<[string, SubscriptionEvent, boolean | undefined]>([
    ['a message counts', update({ unread: 3 }, { unread: 3, alert: true }), true],
    ['only mentions count: a message raises the alert alone', update({ alert: true }, { alert: true }), true],
    ['the alert that follows a number', update({ alert: true }, { alert: true, unread: 1 }), false],
    ['read', update({ unread: 0, alert: false, ls: AT }), false],
    ['an own message', update({ unread: 0, alert: false, ls: AT }), false],
    ['marked unread', update({ alert: true, ls: AT }, { alert: true }), false],
    ['opened, renamed, a role', update({}), false],
    ['joined: begins with one unread', { ...update({}, { unread: 1, alert: true }), operationType: 'insert' }, false],
    [
      'replaced as a whole',
      { ...update({}, { unread: 2 }), operationType: 'replace', updateDescription: undefined },
      undefined,
    ],
  ])('%s', (_what, event, isPost) => {
    expect(changeOf(event)).toMatchObject({ kind: 'is', rocketChatId: 'ann', roomId: 'room', isPost });
  });

  it('deleted, and changed but deleted meanwhile', () => {
    const gone = { _id: {}, operationType: 'delete', documentKey: { _id: 'sub' } };
    expect(changeOf(gone)).toEqual({ kind: 'gone', id: 'sub' });
    expect(changeOf({ ...update({ unread: 1 }), fullDocument: null })).toBeUndefined();
  });

  it('an invitation that was taken back is no membership any more', () => {
    expect(changeOf(update({}, { status: 'BANNED' }))).toMatchObject({ kind: 'is', membership: undefined });
  });

  it.each(['invalidate', 'drop', 'rename', 'dropDatabase'])('%s ends the stream', (operationType) => {
    expect(endsStream({ _id: {}, operationType })).toBe(true);
    expect(changeOf({ _id: {}, operationType })).toBeUndefined();
  });
});

describe('what happened between two looks', () => {
  const membership = (more: Partial<SubscriptionDocument>) => membershipOf(document(more));
  const at = (ms: number) => new Date(AT.getTime() + ms);
  it.each<[string, Partial<SubscriptionDocument>, Partial<SubscriptionDocument>, number | null]>([
    ['more unread', { unread: 1 }, { unread: 2, _updatedAt: at(5) }, 5],
    ['read', { unread: 2 }, { unread: 0, ls: at(5) }, null],
    ['marked unread', { unread: 0 }, { unread: 1, ls: at(5) }, null],
    ['a reply in a thread', {}, { tunread: ['a'], lr: at(3), _updatedAt: at(5) }, 3],
    ['a reply, without its moment', {}, { tunread: ['a'], _updatedAt: at(5) }, 5],
    ['nothing', { unread: 2 }, { unread: 2, _updatedAt: at(5) }, null],
  ])('%s', (_what, before, now, ms) => {
    const found = membership(now);
    if (found === undefined) throw new Error('a membership');
    expect(postBetween(membership(before), found)).toBe(ms === null ? null : AT.getTime() + ms);
    expect(postBetween(undefined, found)).toBeNull();
  });
});
