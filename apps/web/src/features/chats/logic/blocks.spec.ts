import type { Message, MessageHistory } from '@besedka/contracts/chats';
import {
  addMessage,
  addPage,
  addTail,
  blockAt,
  createHistory,
  hasAfter,
  hasBefore,
  messagesOf,
  newestBlock,
  type History,
} from './blocks';

const author = { id: 'u1', username: 'anna', fullName: 'Anna', avatarUrl: null };

function message(seq: number, rev = seq, body: string | null = `m${seq}`): Message {
  return {
    chatId: 'c',
    seq,
    rev,
    clientId: `id-${seq}`,
    author,
    body,
    createdAt: new Date(seq * 1000).toISOString(),
    editedAt: null,
    deletedAt: body === null ? new Date().toISOString() : null,
    replyTo: null,
    forwardedFrom: null,
  };
}

function page(from: number, to: number, lastSeq: number, rev = lastSeq, firstSeq = 1): MessageHistory {
  const items = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => message(from + i));
  return { items, hasBefore: from > firstSeq, hasAfter: to < lastSeq, lastSeq, rev };
}

function bodies(history: History): (string | null)[] {
  const block = newestBlock(history);
  return block ? messagesOf(history, block.from, block.to).map((m) => m.body) : [];
}

describe('history blocks', () => {
  it('joins pages that touch or overlap and keeps a gap between those that do not', () => {
    const history = createHistory();
    addPage(history, page(81, 100, 100));
    addPage(history, page(20, 40, 100));
    expect(history.blocks).toEqual([
      { from: 20, to: 40 },
      { from: 81, to: 100 },
    ]);
    addPage(history, page(41, 60, 100));
    expect(history.blocks).toEqual([
      { from: 20, to: 60 },
      { from: 81, to: 100 },
    ]);
    addPage(history, page(55, 85, 100));
    expect(history.blocks).toEqual([{ from: 20, to: 100 }]);
  });

  it('knows where history begins, also for a member who sees only the later part', () => {
    const history = createHistory();
    addPage(history, page(31, 50, 50, 50, 31));
    expect(hasBefore(history, newestBlock(history)!)).toBe(false);
    expect(hasAfter(history, newestBlock(history)!)).toBe(false);
  });

  it('an empty chat grows by its first message', () => {
    const history = createHistory();
    addPage(history, page(1, 0, 0));
    expect(newestBlock(history)).toBeUndefined();
    addMessage(history, message(1));
    expect(bodies(history)).toEqual(['m1']);
    expect(hasBefore(history, newestBlock(history)!)).toBe(false);
  });

  it('appends live messages to the newest block only', () => {
    const history = createHistory();
    addPage(history, page(1, 10, 50));
    addMessage(history, message(51, 51));
    expect(history.blocks).toEqual([
      { from: 1, to: 10 },
      { from: 51, to: 51 },
    ]);
    expect(hasAfter(history, blockAt(history, 5)!)).toBe(true);
    addPage(history, page(11, 50, 51, 51));
    expect(history.blocks).toEqual([{ from: 1, to: 51 }]);
  });

  it('a message that was skipped makes a gap instead of a lie, and the tail closes it', () => {
    const history = createHistory();
    addPage(history, page(1, 3, 3));
    addMessage(history, message(5, 5));
    expect(newestBlock(history)).toEqual({ from: 5, to: 5 });
    expect(history.rev).toBe(3);
    addTail(history, [message(4, 4), message(5, 5)], 5);
    expect(bodies(history)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
    expect(history.rev).toBe(5);
  });

  it('takes edits and tombstones, never an older version', () => {
    const history = createHistory();
    addPage(history, page(1, 3, 3));
    addMessage(history, message(2, 5, 'edited twice'));
    addMessage(history, message(2, 4, 'edited once'));
    expect(bodies(history)).toEqual(['m1', 'edited twice', 'm3']);
    addMessage(history, message(3, 6, null));
    expect(bodies(history)).toEqual(['m1', 'edited twice', null]);
    expect(history.rev).toBe(6);
  });

  it('a change that came while its page was under way wins over the page', () => {
    const history = createHistory();
    addPage(history, page(90, 100, 100));
    addMessage(history, message(50, 101, 'edited'));
    addPage(history, page(40, 89, 100));
    expect(messagesOf(history, 50, 50)[0]?.body).toBe('edited');
  });

  it('counts changes merged out of order as known once the missing one is there', () => {
    const history = createHistory();
    addPage(history, page(1, 3, 3));
    addMessage(history, message(6, 6));
    addMessage(history, message(5, 5));
    expect(history.rev).toBe(3);
    addMessage(history, message(4, 4));
    expect(history.rev).toBe(6);
    expect(bodies(history)).toHaveLength(6);
  });

  it('stays right over random orders of pages, events and tails', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    for (let round = 0; round < 200; round += 1) {
      const total = 30 + random(40);
      const history = createHistory();
      addPage(history, page(total - 9, total, total));
      for (let step = 0; step < 30; step += 1) {
        const from = 1 + random(total);
        if (random(2)) addPage(history, page(from, Math.min(total, from + random(12)), total));
        else addMessage(history, message(from));
      }
      for (const [index, block] of history.blocks.entries()) {
        expect(messagesOf(history, block.from, block.to)).toHaveLength(block.to - block.from + 1);
        const next = history.blocks[index + 1];
        if (next) expect(next.from).toBeGreaterThan(block.to + 1);
      }
      expect(newestBlock(history)?.to).toBe(total);
    }
  });
});
