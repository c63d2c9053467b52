import { SealedTexts } from './sealed-text.js';

const texts = new SealedTexts('a-secret-of-at-least-thirty-two-characters');

describe('secrets in backups', () => {
  it('are read again by the portal that sealed them, the empty one too', () => {
    for (const text of ['bsk_very-secret', '', 'Пароль']) {
      const sealed = texts.seal('Some_Secret', text);
      expect(texts.open('Some_Secret', sealed)).toBe(text);
      expect(texts.seal('Some_Secret', text)).not.toBe(sealed);
    }
  });

  it('are closed to another portal, under another name, and when they were touched', () => {
    const sealed = texts.seal('Some_Secret', 'bsk_very-secret');
    const other = new SealedTexts('another-secret-of-thirty-two-characters-or-so');
    expect(other.open('Some_Secret', sealed)).toBeNull();
    expect(texts.open('Other_Secret', sealed)).toBeNull();
    expect(texts.open('Some_Secret', `${sealed.slice(0, -2)}AA`)).toBeNull();
    expect(texts.open('Some_Secret', '')).toBeNull();
    expect(sealed).not.toContain('secret');
  });
});
