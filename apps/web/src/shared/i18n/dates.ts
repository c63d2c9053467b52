/** Dates as people say them. Pure: the language's words and "now" are given, so they can be tested. */

export interface DateWords {
  locale: string;
  today: (time: string) => string;
  yesterday: (time: string) => string;
}

/** The same clock in every language: "9:05 PM" is as wide as a name and sorts badly by eye. */
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions, at: Date): string {
  const key = locale + JSON.stringify(options);
  let formatter = formats.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, options);
    formats.set(key, formatter);
  }
  return formatter.format(at);
}

/** Whole calendar days from `at` to `now` in the viewer's zone: 0 today, 1 yesterday, negative in the future. */
export function daysAgo(at: Date, now: Date): number {
  const day = (d: Date): number => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((day(now) - day(at)) / 86_400_000);
}

/** "12:04". */
export function clockTime(at: Date, locale: string): string {
  return format(locale, CLOCK, at);
}

/** "today 12:04", "yesterday 9:30", "12 Mar, 12:04", with the year when it is another one. */
export function relativeDateTime(at: Date, now: Date, words: DateWords): string {
  const days = daysAgo(at, now);
  if (days === 0) return words.today(clockTime(at, words.locale));
  if (days === 1) return words.yesterday(clockTime(at, words.locale));
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return format(words.locale, { day: 'numeric', month: 'short', ...CLOCK, ...year }, at);
}

/** For narrow lists: "12:04" today, "Tue" within the last six days, "12 Mar", "12.03.24". */
export function shortDate(at: Date, now: Date, locale: string): string {
  const days = daysAgo(at, now);
  if (days === 0) return clockTime(at, locale);
  if (days > 0 && days < 7) return format(locale, { weekday: 'short' }, at);
  if (at.getFullYear() === now.getFullYear()) return format(locale, { day: 'numeric', month: 'short' }, at);
  return format(locale, { day: '2-digit', month: '2-digit', year: '2-digit' }, at);
}

/** The line between two days of a conversation: "Tuesday, 12 March". */
export function dayTitle(at: Date, now: Date, locale: string, words: { today: string; yesterday: string }): string {
  const days = daysAgo(at, now);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return format(locale, { weekday: 'long', day: 'numeric', month: 'long', ...year }, at);
}

/** Everything, for the hover title and screen readers. */
export function fullDateTime(at: Date, locale: string): string {
  return format(locale, { dateStyle: 'full', timeStyle: 'medium' }, at);
}

/** Rounds seconds to wait into the unit that people use: [2, 'minute'] or [40, 'second']. */
export function waitParts(seconds: number): [number, 'second' | 'minute' | 'hour'] {
  if (seconds < 90) return [Math.max(1, Math.ceil(seconds)), 'second'];
  if (seconds < 90 * 60) return [Math.ceil(seconds / 60), 'minute'];
  return [Math.ceil(seconds / 3600), 'hour'];
}

/** "40 seconds", "2 minutes" in the language's own words. */
export function waitText(seconds: number, locale: string): string {
  const [value, unit] = waitParts(seconds);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
