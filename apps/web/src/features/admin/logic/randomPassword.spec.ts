import { describe, expect, it } from '@jest/globals';
import { newPassword } from '@besedka/contracts/auth';
import { randomPassword } from './randomPassword';

describe('a suggested password', () => {
  it('is one the server takes, and another one each time', () => {
    const many = new Set(Array.from({ length: 200 }, () => randomPassword()));
    expect(many.size).toBe(200);
    for (const password of many) {
      expect(newPassword.safeParse(password).success).toBe(true);
      expect(password).toMatch(/^(?:[a-zA-Z2-9]{4}-){3}[a-zA-Z2-9]{4}$/);
    }
  });

  it('throws away the bytes that would favour some letters', () => {
    let round = 0;
    const password = randomPassword((bytes) => bytes.fill(round++ === 0 ? 255 : 0));
    expect(password).toBe('aaaa-aaaa-aaaa-aaaa');
    expect(round).toBe(2);
  });
});
