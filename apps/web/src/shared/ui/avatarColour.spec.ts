import { describe, expect, it } from '@jest/globals';
import { avatarHue, initials } from './avatarColour';

describe('avatars', () => {
  it.each([
    ['Анна Садовникова', 'АС'],
    ['ivan', 'I'],
    ['  Mary  Ann  Lee ', 'ML'],
    ['👩‍🌾 Сад', '👩‍🌾С'],
    ['é́ Z', 'É́Z'],
    ['', '?'],
  ])('initials of %j', (name, text) => expect(initials(name)).toBe(text));

  it('give an id the same colour for ever, and use several', () => {
    const id = '0198f3a0-0000-7000-8000-000000000001';
    expect(avatarHue(id)).toBe(avatarHue(id));
    const hues = new Set(Array.from({ length: 200 }, (_, n) => avatarHue(`user-${n}`)));
    expect(hues.size).toBeGreaterThan(7);
  });
});
