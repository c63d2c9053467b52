import { LOCALES } from '@besedka/contracts';
import { type MailKind, renderLetter } from './mail.templates.js';

const data = {
  fullName: '<b>Анна</b> "А"',
  username: 'anna',
  link: 'https://portal.example.org/activate?token=abc&x=1',
  portal: 'https://portal.example.org',
};

describe.each(LOCALES)('letters in %s', (locale) => {
  it.each<MailKind>(['activate', 'reset', 'password_changed', 'email_changed'])(
    '%s: both parts say the same, and names stay names',
    (kind) => {
      const link = kind.endsWith('_changed') ? null : data.link;
      const letter = renderLetter(kind, locale, { ...data, link });
      expect(letter.subject).not.toBe('');
      expect(letter.text).toContain('<b>Анна</b> "А"');
      expect(letter.html).not.toContain('<b>Анна');
      expect(letter.text.includes('token=abc')).toBe(link !== null);
      expect(letter.html.includes('token=abc&#38;x=1')).toBe(link !== null);
      expect(letter.text).not.toMatch(/undefined|null/);
      expect(letter.html).not.toMatch(/https?:\/\/(?!portal\.example\.org)/);
    },
  );
});
