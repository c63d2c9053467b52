import { jest } from '@jest/globals';
import { Drafts, EMPTY_DRAFT, type Draft } from './drafts';
import type { KeyStorage } from './keyStorage';

function memoryStorage(map = new Map<string, string>()): KeyStorage {
  return {
    keys: (prefix) => [...map.keys()].filter((key) => key.startsWith(prefix)),
    get: (key) => map.get(key) ?? null,
    set: (key, value) => void (value === null ? map.delete(key) : map.set(key, value)),
  };
}

const text = (body: string): Draft => ({ ...EMPTY_DRAFT, body });
const open = (storage: KeyStorage, userId = 'me'): Drafts => new Drafts(userId, storage, () => undefined);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('drafts', () => {
  it('are stored within a second and survive a crash', () => {
    const storage = memoryStorage();
    open(storage).set('c1', text('half a sent'));
    jest.advanceTimersByTime(999);
    expect(open(storage).get('c1').body).toBe('half a sent');
  });

  it('are stored while the person keeps typing, not only after a pause', () => {
    const storage = memoryStorage();
    const drafts = open(storage);
    for (let i = 1; i <= 20; i += 1) {
      drafts.set('c1', text('x'.repeat(i)));
      jest.advanceTimersByTime(100);
    }
    expect(open(storage).get('c1').body.length).toBeGreaterThanOrEqual(17);
  });

  it('never cross chats or people', () => {
    const storage = memoryStorage();
    const drafts = open(storage);
    drafts.set('c1', text('for one'));
    drafts.set('c2', text('for two'));
    drafts.flush();
    expect(open(storage).get('c1').body).toBe('for one');
    expect(open(storage).get('c2').body).toBe('for two');
    expect(open(storage, 'somebody else').get('c1')).toEqual(EMPTY_DRAFT);
  });

  it('a sent text does not come back', () => {
    const storage = memoryStorage();
    const drafts = open(storage);
    drafts.set('c1', text('sent'));
    drafts.clear('c1');
    jest.advanceTimersByTime(5_000);
    expect(open(storage).get('c1')).toEqual(EMPTY_DRAFT);
  });

  it('an emptied draft leaves nothing behind', () => {
    const storage = memoryStorage();
    const drafts = open(storage);
    drafts.set('c1', text('x'));
    drafts.set('c1', text(''));
    drafts.flush();
    expect(storage.keys('')).toEqual([]);
  });

  it('follows another tab, but not over what is being written here', () => {
    const storage = memoryStorage();
    const here = open(storage);
    const there = open(storage);
    there.set('c1', text('from there'));
    there.flush();
    here.storedElsewhere('besedka.draft.me.c1');
    expect(here.get('c1').body).toBe('from there');
    here.set('c1', text('from here'));
    here.storedElsewhere('besedka.draft.me.c1');
    expect(here.get('c1').body).toBe('from here');
  });

  it('throws away what it cannot read', () => {
    const storage = memoryStorage(new Map([['besedka.draft.me.c1', '{broken']]));
    expect(open(storage).get('c1')).toEqual(EMPTY_DRAFT);
  });
});
