import type { Message } from '@besedka/contracts/chats';
import { timelineRows, type TimelineInput, type TimelineRow } from './grouping';

const person = (id: string) => ({ id, username: id, fullName: id, avatarUrl: null });
/** Local time, so that days are the viewer's whatever the zone of the machine. */
const at = (day: number, hour: number, minute: number): string => new Date(2026, 2, day, hour, minute).toISOString();

function message(seq: number, authorId: string, createdAt: string): Message {
  return {
    chatId: 'c',
    seq,
    rev: seq,
    clientId: `k${seq}`,
    author: person(authorId),
    body: 'text',
    createdAt,
    editedAt: null,
    deletedAt: null,
    replyTo: null,
    forwardedFrom: null,
  };
}

const rows = (messages: Message[], more: Partial<TimelineInput> = {}): TimelineRow[] =>
  timelineRows({ myId: 'me', messages, pending: [], unreadFrom: null, atStart: true, ...more });
const shape = (list: TimelineRow[]): string =>
  list.map((row) => ('head' in row ? (row.head ? 'H' : '-') + (row.tail ? 't' : '') : row.kind)).join(' ');

describe('timeline', () => {
  it('groups one author within five minutes', () => {
    expect(
      shape(rows([message(1, 'a', at(1, 12, 0)), message(2, 'a', at(1, 12, 5)), message(3, 'a', at(1, 12, 11))])),
    ).toBe('day H -t Ht');
  });

  it('never joins two authors', () => {
    expect(
      shape(rows([message(1, 'a', at(1, 12, 0)), message(2, 'b', at(1, 12, 0)), message(3, 'a', at(1, 12, 0))])),
    ).toBe('day Ht Ht Ht');
  });

  it('never joins two days, even a minute apart', () => {
    expect(shape(rows([message(1, 'a', at(1, 23, 59)), message(2, 'a', at(2, 0, 0))]))).toBe('day Ht day Ht');
  });

  it('keeps the given order when clocks disagree', () => {
    const list = rows([message(1, 'a', at(1, 12, 30)), message(2, 'a', at(1, 12, 0)), message(3, 'a', at(1, 12, 31))]);
    expect(list.flatMap((row) => (row.kind === 'message' ? [row.message.seq] : []))).toEqual([1, 2, 3]);
    expect(shape(list)).toBe('day Ht Ht Ht');
  });

  it('the line of new messages begins a group', () => {
    expect(shape(rows([message(1, 'a', at(1, 12, 0)), message(2, 'a', at(1, 12, 1))], { unreadFrom: 2 }))).toBe(
      'day Ht unread Ht',
    );
  });

  it('continues the group of the message before the window', () => {
    const previous = message(1, 'a', at(1, 12, 0));
    expect(shape(rows([message(2, 'a', at(1, 12, 1))], { previous, atStart: false }))).toBe('-t');
  });

  it('own waiting messages stand at the end and have the key that they keep when confirmed', () => {
    const entry = {
      clientId: 'k2',
      chatId: 'c',
      body: 'x',
      replyTo: null,
      quote: null,
      at: Date.parse(at(1, 12, 1)),
      failed: null,
    };
    const before = rows([message(1, 'me', at(1, 12, 0))], { pending: [entry] });
    expect(shape(before)).toBe('day H -t');
    const after = rows([message(1, 'me', at(1, 12, 0)), message(2, 'me', at(1, 12, 1))], { pending: [entry] });
    expect(shape(after)).toBe('day H -t');
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  });

  it('the last confirmed of a group says how far it came, also while another waits below it', () => {
    const entry = {
      clientId: 'k9',
      chatId: 'c',
      body: 'x',
      replyTo: null,
      quote: null,
      at: Date.parse(at(1, 12, 2)),
      failed: null,
    };
    const list = rows([message(1, 'me', at(1, 12, 0)), message(2, 'me', at(1, 12, 1))], { pending: [entry] });
    expect(list.flatMap((row) => (row.kind === 'message' ? [row.last] : []))).toEqual([false, true]);
  });

  it('gives every row a key of its own', () => {
    const list = rows([message(1, 'a', at(2, 0, 0)), message(2, 'b', at(1, 12, 0)), message(3, 'a', at(2, 0, 1))], {
      unreadFrom: 3,
    });
    expect(new Set(list.map((row) => row.key)).size).toBe(list.length);
  });
});
