import { jest } from '@jest/globals';
import { TypingBoard, typingSender } from './typing';

const anna = { id: 'a', username: 'anna', fullName: 'Anna', avatarUrl: null };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('typing', () => {
  it('ends after six seconds whatever happens', () => {
    const board = new TypingBoard(() => undefined);
    board.heard('c', anna);
    jest.advanceTimersByTime(5_999);
    expect(board.who('c')).toEqual([anna]);
    jest.advanceTimersByTime(1);
    expect(board.who('c')).toEqual([]);
  });

  it('lasts while news come, and ends with the message', () => {
    const board = new TypingBoard(() => undefined);
    board.heard('c', anna);
    jest.advanceTimersByTime(4_000);
    board.heard('c', anna);
    jest.advanceTimersByTime(4_000);
    expect(board.who('c')).toEqual([anna]);
    board.stopped('c', 'a');
    expect(board.who('c')).toEqual([]);
  });

  it('is told at most every three seconds per chat', () => {
    const sent: string[] = [];
    const tell = typingSender((chatId) => sent.push(chatId));
    tell('c');
    tell('c');
    jest.advanceTimersByTime(2_999);
    tell('c');
    expect(sent).toEqual(['c']);
    jest.advanceTimersByTime(1);
    tell('c');
    tell('d');
    expect(sent).toEqual(['c', 'c', 'd']);
  });
});
