/** First match wins: browsers name their ancestors too (Edge says Chrome, Chrome says Safari). */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bbesedka\//i, 'Besedka'],
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bElectron\//, 'Desktop app'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^(?:node|undici)\b/, 'Node.js'],
  [/^python-requests\/|^Python\b/, 'Python'],
];

/** Phones before desks: Android says Linux, an iPhone says "like Mac OS X". */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac(?:intosh| OS X)\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

const first = (table: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

const NAMED = 'besedka-device: ';

/** What is kept as the user agent of a device that was allowed by its code: the application's name. */
export const deviceUserAgent = (name: string): string => `${NAMED}${name}`.slice(0, 400);

/** What a person recognises a device by, e.g. "Firefox on Linux"; rough on purpose, versions say nothing to people. */
export function deviceOf(userAgent: string): string {
  if (userAgent.startsWith(NAMED)) return userAgent.slice(NAMED.length);
  const program = first(PROGRAMS, userAgent);
  const system = first(SYSTEMS, userAgent);
  if (program === undefined && system === undefined) return 'Unknown device';
  if (system === undefined) return program ?? 'Unknown device';
  return `${program ?? 'Browser'} on ${system}`;
}
