import { localeFrom } from './locale.js';

describe('localeFrom', () => {
  it.each([
    [undefined, 'ru'],
    ['', 'ru'],
    ['en', 'en'],
    ['en-GB,en;q=0.9,ru;q=0.8', 'en'],
    ['ru-RU,ru;q=0.9,en-US;q=0.8', 'ru'],
    ['de-DE,de;q=0.9,en;q=0.5', 'en'],
    ['ru;q=0.3,en;q=0.7', 'en'],
    ['en;q=0,ru;q=0.1', 'ru'],
    ['*', 'ru'],
    ['; ; ,,,q=x', 'ru'],
  ])('%s → %s', (header, locale) => expect(localeFrom(header)).toBe(locale));
});
