import { describe, expect, it } from '@jest/globals';
import { clockTime, dayTitle, daysAgo, relativeDateTime, shortDate, waitText, type DateWords } from './dates';

const now = new Date(2026, 2, 12, 15, 30);
const ru: DateWords = { locale: 'ru', today: (time) => `сегодня ${time}`, yesterday: (time) => `вчера ${time}` };
const en: DateWords = { locale: 'en', today: (time) => `today ${time}`, yesterday: (time) => `yesterday ${time}` };

describe('relative dates', () => {
  it('says today, whatever the hour', () => {
    expect(relativeDateTime(new Date(2026, 2, 12, 0, 4), now, ru)).toBe('сегодня 00:04');
    expect(relativeDateTime(new Date(2026, 2, 12, 12, 4), now, en)).toBe('today 12:04');
  });

  it('says yesterday by the calendar, not by 24 hours', () => {
    const justAfterMidnight = new Date(2026, 2, 12, 0, 1);
    expect(relativeDateTime(new Date(2026, 2, 11, 23, 59), justAfterMidnight, ru)).toBe('вчера 23:59');
    expect(daysAgo(new Date(2026, 2, 10, 23, 59), justAfterMidnight)).toBe(2);
  });

  it('gives the day before that, and the year when it is another one', () => {
    expect(relativeDateTime(new Date(2026, 1, 3, 9, 5), now, ru)).toMatch(/^3 февр?\.?, 09:05$/);
    expect(relativeDateTime(new Date(2025, 11, 31, 9, 5), now, en)).toContain('2025');
  });

  it('is short in lists: time, weekday, day, date', () => {
    expect(shortDate(new Date(2026, 2, 12, 9, 5), now, 'ru')).toBe('09:05');
    expect(shortDate(new Date(2026, 2, 12, 0, 5), now, 'en')).toBe('00:05');
    expect(shortDate(new Date(2026, 2, 9, 9, 5), now, 'ru')).toBe('пн');
    expect(shortDate(new Date(2026, 0, 2), now, 'ru')).toMatch(/^2 янв/);
    expect(shortDate(new Date(2024, 2, 12), now, 'ru')).toBe('12.03.24');
  });

  it('titles days', () => {
    const words = { today: 'Сегодня', yesterday: 'Вчера' };
    expect(dayTitle(now, now, 'ru', words)).toBe('Сегодня');
    expect(dayTitle(new Date(2026, 2, 11), now, 'ru', words)).toBe('Вчера');
    expect(dayTitle(new Date(2026, 2, 10), now, 'ru', words)).toBe('вторник, 10 марта');
  });

  it('counts calendar days across a change of clocks', () => {
    expect(daysAgo(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 1))).toBe(2);
  });

  it('shows hours and minutes with two digits', () =>
    expect(clockTime(new Date(2026, 0, 1, 7, 3), 'ru')).toBe('07:03'));
});

describe('waiting times', () => {
  it.each([
    [0.2, '1 секунду'],
    [21, '21 секунду'],
    [75, '75 секунд'],
    [120, '2 минуты'],
    [3599, '60 минут'],
    [7200, '2 часа'],
  ])('%d s in Russian', (seconds, text) => {
    // The unit's stem is enough: the case of "секунда" belongs to Intl.
    const stem = text.replace(/(\D{3,5})\D*$/, '$1');
    expect(waitText(seconds, 'ru').slice(0, stem.length)).toBe(stem);
  });
});
