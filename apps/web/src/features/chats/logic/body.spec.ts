import { MESSAGE_MAX } from '@besedka/contracts/limits';
import { multiLine } from '@besedka/contracts/text';
import { cleanBody } from './body';

describe('text to send', () => {
  const server = multiLine(MESSAGE_MAX);
  it.each([
    'hello',
    '  indented\n\n  more  \n\n',
    '\n\n first line',
    'a\r\nb\rc',
    'tab\tinside',
    'nul\u0000 bell\u0007 here',
    'right\u202Eto left\u202C',
    'half \uD800 surrogate',
    'cafe\u0301',
    '👨‍👩‍👧',
  ])('%j is what the server will keep', (text) => {
    const clean = cleanBody(text);
    expect(server.parse(clean)).toBe(clean);
  });
  it.each(['', '   \n\t ', '\u200B\u200D', '\u0000'])('%j is nothing', (text) => expect(cleanBody(text)).toBe(''));
});
