import type { Chat, Message } from './chats.js';
import {
  applyMessageChange,
  applyReadState,
  applySync,
  createChatsState,
  excerpt,
  putChat,
  totalUnread,
  type ChatsState,
} from './chat-state.js';

const ME = 'me';
const OTHER = 'other';
const CHAT = 'chat';

function chat(over: Partial<Chat> = {}): Chat {
  return {
    id: CHAT,
    kind: 'group',
    title: 'Garden',
    icon: null,
    channelKey: null,
    peer: null,
    role: 'member',
    canPost: true,
    lastSeq: 0,
    rev: 0,
    readSeq: 0,
    unread: 0,
    order: 1,
    peerReadSeq: null,
    lastMessage: null,
    version: 1,
    ...over,
  };
}

function message(seq: number, rev: number, author: string, body: string | null = `text ${seq}`): Message {
  return {
    chatId: CHAT,
    seq,
    rev,
    clientId: `client-${seq}`,
    author: { id: author, username: author, fullName: author, avatarUrl: null },
    body,
    createdAt: '2026-01-01T00:00:00.000Z',
    editedAt: null,
    deletedAt: body === null ? '2026-01-01T00:00:01.000Z' : null,
    replyTo: null,
    forwardedFrom: null,
  };
}

const entry = (state: ChatsState) => {
  const found = state.chats.get(CHAT);
  if (!found) throw new Error('no chat');
  return found.chat;
};

describe('chat-state', () => {
  it('counts and lifts a chat when somebody else posts, and only then (F25)', () => {
    const state = createChatsState(ME, [chat()]);
    applyMessageChange(state, {
      kind: 'new',
      message: message(1, 1, OTHER),
      order: 10,
    });
    expect(entry(state)).toMatchObject({ unread: 1, order: 10, lastSeq: 1 });
    applyMessageChange(state, {
      kind: 'new',
      message: message(2, 2, ME),
      order: 11,
    });
    expect(entry(state)).toMatchObject({ unread: 0, order: 10, readSeq: 2 });
    expect(totalUnread(state)).toBe(0);
  });

  it('drops repetitions and marks the chat behind when a change is missing', () => {
    const state = createChatsState(ME, [chat()]);
    const first = {
      kind: 'new',
      message: message(1, 1, OTHER),
      order: 10,
    } as const;
    expect(applyMessageChange(state, first)).toBe('applied');
    expect(applyMessageChange(state, first)).toBe('repeated');
    expect(
      applyMessageChange(state, {
        kind: 'new',
        message: message(3, 3, OTHER),
        order: 12,
      }),
    ).toBe('gap');
    expect([...state.behind]).toEqual([CHAT]);
    expect(entry(state).unread).toBe(1);
    applySync(state, {
      chatId: CHAT,
      kind: 'tail',
      chat: chat({ rev: 3, lastSeq: 3, unread: 3, order: 12 }),
      messages: [],
    });
    expect(state.behind.size).toBe(0);
    expect(entry(state).unread).toBe(3);
  });

  it('a deleted unread message counts no more; deleting a read one changes nothing', () => {
    const state = createChatsState(ME, [chat({ lastSeq: 2, rev: 2, readSeq: 1, unread: 1 })]);
    applyMessageChange(state, {
      kind: 'deleted',
      message: message(1, 3, OTHER, null),
    });
    expect(entry(state).unread).toBe(1);
    applyMessageChange(state, {
      kind: 'deleted',
      message: message(2, 4, OTHER, null),
    });
    expect(entry(state).unread).toBe(0);
  });

  it('a read state that was true before later changes does not undo them', () => {
    const state = createChatsState(ME, [chat({ lastSeq: 1, rev: 1, unread: 1, order: 5 })]);
    applyMessageChange(state, {
      kind: 'new',
      message: message(2, 2, OTHER),
      order: 9,
    });
    // The server computed this after message 1 and before message 2.
    applyReadState(state, {
      chatId: CHAT,
      rev: 1,
      readSeq: 1,
      unread: 0,
      order: 5,
    });
    expect(entry(state)).toMatchObject({ readSeq: 1, unread: 1, order: 9 });
  });

  it('a read state from the future waits for its changes', () => {
    const state = createChatsState(ME, [chat({ lastSeq: 1, rev: 1, unread: 1 })]);
    applyReadState(state, {
      chatId: CHAT,
      rev: 2,
      readSeq: 2,
      unread: 0,
      order: 9,
    });
    expect(entry(state).unread).toBe(1);
    applyMessageChange(state, {
      kind: 'new',
      message: message(2, 2, OTHER),
      order: 9,
    });
    expect(entry(state)).toMatchObject({ readSeq: 2, unread: 0 });
  });

  it('asks again when a read state is older than what is remembered', () => {
    const state = createChatsState(ME, [chat({ lastSeq: 5, rev: 5, unread: 2 })]);
    applyReadState(state, {
      chatId: CHAT,
      rev: 3,
      readSeq: 3,
      unread: 0,
      order: 9,
    });
    expect([...state.behind]).toEqual([CHAT]);
  });

  it('an older telling of a chat is dropped', () => {
    const state = createChatsState(ME, [chat({ rev: 4, unread: 2 })]);
    putChat(state, chat({ rev: 3, unread: 1 }));
    expect(entry(state)).toMatchObject({ rev: 4, unread: 2 });
  });

  it('an excerpt is one line, cut between characters', () => {
    expect(excerpt('a\n\n b')).toBe('a b');
    const cut = excerpt('😀'.repeat(400));
    expect(Array.from(cut)).toHaveLength(160);
    expect(cut.isWellFormed()).toBe(true);
  });
});
