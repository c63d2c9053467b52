import { lastVisibleSeq, ReadPointers } from './reading';

const flushPromises = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

describe('last visible message', () => {
  const view = { top: 100, bottom: 500 };
  it('counts messages whose end is on screen', () => {
    const rows = [
      { seq: 1, top: 0, bottom: 90 },
      { seq: 2, top: 90, bottom: 200 },
      { seq: 3, top: 200, bottom: 480 },
      { seq: 4, top: 480, bottom: 560 },
    ];
    expect(lastVisibleSeq(rows, view)).toBe(3);
  });
  it('a message taller than the view is seen when its end is', () => {
    expect(lastVisibleSeq([{ seq: 9, top: -500, bottom: 700 }], view)).toBeNull();
    expect(lastVisibleSeq([{ seq: 9, top: -700, bottom: 500 }], view)).toBe(9);
  });
});

describe('read pointers', () => {
  function setUp() {
    const sent: number[] = [];
    let server = 10;
    let attentive = true;
    let online = true;
    let answer: (() => void) | null = null;
    const pointers = new ReadPointers({
      attentive: () => attentive,
      readSeq: () => server,
      send: (_chatId, seq) =>
        new Promise((resolve, reject) => {
          sent.push(seq);
          answer = () => {
            if (!online) return reject(new Error('offline'));
            server = Math.max(server, seq);
            resolve();
          };
        }),
    });
    return {
      pointers,
      sent,
      answer: async () => {
        answer?.();
        await flushPromises();
      },
      attentive: (value: boolean) => (attentive = value),
      online: (value: boolean) => (online = value),
    };
  }

  it('never go back and never repeat what the server knows', () => {
    const { pointers, sent } = setUp();
    pointers.look('c', 9);
    pointers.look('c', 10);
    expect(sent).toEqual([]);
  });

  it('move only for a window that is looked at', async () => {
    const { pointers, sent, attentive } = setUp();
    attentive(false);
    pointers.look('c', 12);
    expect(sent).toEqual([]);
    attentive(true);
    pointers.look('c', 12);
    expect(sent).toEqual([12]);
  });

  it('one request at a time, the newest of what was seen meanwhile next', async () => {
    const { pointers, sent, answer } = setUp();
    pointers.look('c', 11);
    pointers.look('c', 12);
    pointers.look('c', 15);
    pointers.look('c', 13);
    expect(sent).toEqual([11]);
    await answer();
    expect(sent).toEqual([11, 15]);
    await answer();
    expect(sent).toEqual([11, 15]);
  });

  it('are told after a reconnect', async () => {
    const { pointers, sent, answer, online } = setUp();
    online(false);
    pointers.look('c', 12);
    await answer();
    online(true);
    pointers.flush();
    expect(sent).toEqual([12, 12]);
    await answer();
    pointers.flush();
    expect(sent).toEqual([12, 12]);
  });

  it('a chat marked as unread stays so until it is left', async () => {
    const { pointers, sent } = setUp();
    pointers.pause('c');
    pointers.look('c', 12);
    expect(sent).toEqual([]);
    pointers.leave('c');
    pointers.look('c', 12);
    expect(sent).toEqual([12]);
  });
});
