import { isPublished, publishedAfterUseSeconds, PUBLISHED_BEFORE_USE_SECONDS, signerAt } from './signing-key-times.js';

const ID_TOKEN_SECONDS = 600;
const NOW = Date.UTC(2030, 0, 1);
const key = (kid: string, activated: number | null, retired: number | null) => ({
  kid,
  activatedAt: activated === null ? null : NOW + activated * 1000,
  retiredAt: retired === null ? null : NOW + retired * 1000,
});
const signer = (...keys: ReturnType<typeof key>[]) => signerAt(keys, NOW, ID_TOKEN_SECONDS)?.kid;

describe('which key signs', () => {
  it('is the current one, never the next', () => {
    expect(signer(key('next', null, null), key('current', -10, null), key('old', -90, -10))).toBe('current');
  });

  it('is the predecessor while the current one is not published for long enough', () => {
    expect(signer(key('current', 200, null), key('old', -90, 200))).toBe('old');
    expect(signer(key('current', 0, null), key('old', -90, 0))).toBe('current');
  });

  it('follows the order of their times when keys were exchanged several times in a row', () => {
    const keys = [key('third', 500, null), key('second', 300, 500), key('first', -90, 300)];
    expect(signer(...keys)).toBe('first');
    expect(signerAt(keys, NOW + 400_000, ID_TOKEN_SECONDS)?.kid).toBe('second');
    expect(signerAt(keys, NOW + 600_000, ID_TOKEN_SECONDS)?.kid).toBe('third');
  });

  it('is none that has left the key set', () => {
    expect(signer(key('old', -9000, -publishedAfterUseSeconds(ID_TOKEN_SECONDS)))).toBeUndefined();
  });
});

describe('which keys are published', () => {
  it('every one that may still be needed to check a token', () => {
    const after = publishedAfterUseSeconds(ID_TOKEN_SECONDS);
    expect(after).toBeGreaterThanOrEqual(ID_TOKEN_SECONDS + 300);
    expect(isPublished(key('next', null, null), NOW, ID_TOKEN_SECONDS)).toBe(true);
    expect(isPublished(key('old', -9000, 1 - after), NOW, ID_TOKEN_SECONDS)).toBe(true);
    expect(isPublished(key('old', -9000, -after), NOW, ID_TOKEN_SECONDS)).toBe(false);
  });

  it('for longer before their use than anybody may keep an answer from before', () => {
    expect(PUBLISHED_BEFORE_USE_SECONDS).toBeGreaterThan(330);
  });
});
