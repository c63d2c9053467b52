import { describe, expect, it } from '@jest/globals';
import { titleText } from './pageTitle';

describe('page title', () => {
  it.each([
    ['', 0, 'Беседка'],
    ['', 3, '(3) Беседка'],
    ['Общий чат', 0, 'Общий чат · Беседка'],
    ['Общий чат', 12, '(12) Общий чат · Беседка'],
    ['', 4000, '(999+) Беседка'],
  ])('%j with %i unread', (page, unread, text) => expect(titleText(page, unread, 'Беседка')).toBe(text));
});
