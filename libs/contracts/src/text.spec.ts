import { messageBody, chatTitle } from './chats.js';
import { email, fullName, username } from './users.js';
import { MESSAGE_MAX } from './limits.js';

const refused = (schema: { safeParse(v: unknown): { success: boolean } }, value: unknown) =>
  !schema.safeParse(value).success;

describe('text that people type', () => {
  const RLO = '\u202E';
  const hostile = ['a\u0000b', `user${RLO}nimda`, 'a\u0007b', '\uD800', 'x\u2066y', '\u0085next'];

  it.each(hostile)('refuses characters that mislead or cannot be stored: %j', (text) => {
    expect(refused(fullName, text)).toBe(true);
    expect(refused(chatTitle, text)).toBe(true);
    expect(refused(messageBody, text)).toBe(true);
    expect(refused(username, text)).toBe(true);
  });

  it('refuses what would look empty', () => {
    for (const text of ['', '   ', '\u200B\u200B', '\u3164', '\n\n']) {
      expect(refused(fullName, text)).toBe(true);
      expect(refused(messageBody, text)).toBe(true);
    }
  });

  it('tells one broken rule of a text, not what follows from it', () => {
    const codes = (schema: typeof fullName | typeof messageBody, value: string) =>
      schema.safeParse(value).error?.issues.map(({ message }) => message);
    for (const text of ['', '  ', '\u200B']) {
      expect(codes(fullName, text)).toEqual(['empty']);
      expect(codes(messageBody, text)).toEqual(['empty']);
    }
    expect(codes(fullName, 'x'.repeat(10_000))).toEqual(['too_long']);
    expect(codes(fullName, '\u0000'.repeat(300))).toEqual(['unsafe_characters']);
  });

  it('refuses line breaks in names and keeps them in messages', () => {
    expect(refused(fullName, 'Anna\nadmin')).toBe(true);
    expect(messageBody.parse('one\r\ntwo\rthree')).toBe('one\ntwo\nthree');
  });

  it('composes Unicode, so that equal texts are equal', () => {
    expect(fullName.parse('  Ё\u0438\u0306 ')).toBe('Ёй');
  });

  it('keeps emoji sequences and right-to-left letters', () => {
    expect(messageBody.parse('👩‍👩‍👧 שלום')).toBe('👩‍👩‍👧 שלום');
  });

  it('limits by characters, also for 10 000 of them', () => {
    expect(refused(messageBody, 'x'.repeat(MESSAGE_MAX + 1))).toBe(true);
    expect(messageBody.parse('x'.repeat(MESSAGE_MAX))).toHaveLength(MESSAGE_MAX);
    expect(refused(fullName, 'x'.repeat(10_000))).toBe(true);
    expect(refused(username, 'x'.repeat(10_000))).toBe(true);
  });

  it('takes user names in lower case and plain Latin letters only', () => {
    expect(username.parse(' Test_User ')).toBe('test_user');
    // Cyrillic а in place of Latin a: a look-alike of a key account.
    expect(refused(username, '\u0430dmin')).toBe(true);
  });

  it('takes an e-mail address as typed', () => {
    expect(email.parse(' Anna@Example.org ')).toBe('Anna@Example.org');
    expect(refused(email, 'anna@')).toBe(true);
  });
});
