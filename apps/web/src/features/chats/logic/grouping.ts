import type { Message } from '@besedka/contracts/chats';
import type { OutboxEntry } from './outbox';

/** Messages of one author this close together are one group. */
const GROUP_MS = 5 * 60_000;

export type TimelineRow =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  /** `head` shows the author; `tail` ends the group; `last` is the last confirmed one of the group and tells how far it came. */
  | { kind: 'message'; key: string; message: Message; head: boolean; tail: boolean; last: boolean }
  /** Own message on its way. It has the key that it will have when confirmed, so it becomes that row in place. */
  | { kind: 'pending'; key: string; entry: OutboxEntry; head: boolean; tail: boolean };

export interface TimelineInput {
  myId: string;
  messages: readonly Message[];
  pending: readonly OutboxEntry[];
  /** The message before the first one, when it is loaded: the first row may continue its group. */
  previous?: Message | undefined;
  /** First message that was unread when the chat was opened. */
  unreadFrom: number | null;
  /** Whether the first message is the first of the chat, so that a day line stands above it in any case. */
  atStart: boolean;
}

/** Key of a message's row: own ones are known by client id before they have a number. */
export function rowKey(message: Message, myId: string): string {
  return message.author.id === myId ? `c:${message.clientId}` : `s:${message.seq}`;
}

/** Calendar day in the viewer's zone. */
export function dayOf(at: string | number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** Whether the second continues the group of the first: one author, one day, within five minutes either way of any clock. */
export function sameGroup(a: { authorId: string; at: string }, b: { authorId: string; at: string }): boolean {
  return (
    a.authorId === b.authorId &&
    dayOf(a.at) === dayOf(b.at) &&
    Math.abs(Date.parse(b.at) - Date.parse(a.at)) <= GROUP_MS
  );
}

/** The rows of a stretch of conversation: day lines, the "new messages" line, groups. Order is the given one, never a clock's. */
export function timelineRows(input: TimelineInput): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const { previous } = input;
  let last = previous ? { authorId: previous.author.id, at: previous.createdAt } : null;
  let open: { tail: boolean; last?: boolean } | null = null;

  const lines = (at: string, key: string, unread: boolean): boolean => {
    const newDay = last === null ? !previous && input.atStart : dayOf(last.at) !== dayOf(at);
    // Without the message before, the day is still told at the top of what is shown.
    if (newDay || (last === null && !input.atStart)) rows.push({ kind: 'day', key: `d:${key}`, at });
    if (unread) rows.push({ kind: 'unread', key: 'unread' });
    return newDay || unread;
  };
  const place = (authorId: string, at: string, broken: boolean): boolean => {
    const head = broken || last === null || !sameGroup(last, { authorId, at });
    if (open && !head) open.tail = false;
    last = { authorId, at };
    return head;
  };

  for (const message of input.messages) {
    const key = rowKey(message, input.myId);
    const broken = lines(message.createdAt, key, message.seq === input.unreadFrom);
    const head = place(message.author.id, message.createdAt, broken);
    if (open && !head) open.last = false;
    const row = { kind: 'message' as const, key, message, head, tail: true, last: true };
    rows.push(row);
    open = row;
  }
  for (const entry of input.pending) {
    const key = `c:${entry.clientId}`;
    // Confirmed already, however that became known.
    if (rows.some((row) => row.key === key)) continue;
    const at = new Date(entry.at).toISOString();
    const broken = lines(at, key, false);
    const head = place(input.myId, at, broken);
    const row: TimelineRow = { kind: 'pending', key, entry, head, tail: true };
    rows.push(row);
    open = row;
  }
  return rows;
}
