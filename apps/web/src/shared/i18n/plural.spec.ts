import { describe, expect, it } from '@jest/globals';
import { englishPlural, russianPlural } from './plural';

describe('Russian plural', () => {
  const forms = ['сообщение', 'сообщения', 'сообщений'];
  const say = (n: number): string => `${n} ${forms[russianPlural(n, forms.length)]}`;

  it.each([
    [0, '0 сообщений'],
    [1, '1 сообщение'],
    [2, '2 сообщения'],
    [4, '4 сообщения'],
    [5, '5 сообщений'],
    [11, '11 сообщений'],
    [12, '12 сообщений'],
    [14, '14 сообщений'],
    [21, '21 сообщение'],
    [22, '22 сообщения'],
    [25, '25 сообщений'],
    [101, '101 сообщение'],
    [111, '111 сообщений'],
    [112, '112 сообщений'],
    [1002, '1002 сообщения'],
  ])('%i', (n, text) => expect(say(n)).toBe(text));

  it('agrees with Intl for every number up to 1 200', () => {
    const rules = new Intl.PluralRules('ru');
    const names = ['one', 'few', 'many'];
    for (let n = 0; n <= 1200; n++) expect(names[russianPlural(n, 3)]).toBe(rules.select(n));
  });

  it('takes the first of four forms for zero', () => {
    expect([0, 1, 2, 5, 11].map((n) => russianPlural(n, 4))).toEqual([0, 1, 2, 3, 3]);
  });
});

describe('English plural', () => {
  it('takes two forms', () => expect([0, 1, 2, 11].map((n) => englishPlural(n, 2))).toEqual([1, 0, 1, 1]));
  it('takes three forms with zero', () => expect([0, 1, 2].map((n) => englishPlural(n, 3))).toEqual([0, 1, 2]));
});
