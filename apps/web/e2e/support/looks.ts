import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { assertAccessible } from './axe.js';
import type { Language } from './texts.js';

export type Look = readonly [language: Language, theme: 'light' | 'dark', device: 'desk' | 'phone'];
export const LOOKS: readonly Look[] = (['ru', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['desk', 'phone'] as const).map((device): Look => [language, theme, device]),
  ),
);

/** A window that is looked at in both themes; `first` is the theme that it is opened in. */
export interface View {
  readonly language: Language;
  readonly device: 'desk' | 'phone';
  readonly first: 'light' | 'dark';
}

/** All looks, two to a window: opening a page costs far more than looking at it. */
export const VIEWS: readonly View[] = [
  { language: 'ru', device: 'desk', first: 'light' },
  { language: 'ru', device: 'phone', first: 'dark' },
  { language: 'en', device: 'desk', first: 'dark' },
  { language: 'en', device: 'phone', first: 'light' },
];

/**
 * The rules of accessibility are asked in four of the eight looks: every language meets every theme and every device, every theme
 * every device. No rule depends on all three.
 */
function isCheckedForAll([language, theme, device]: Look): boolean {
  return [language === 'en', theme === 'dark', device === 'phone'].filter(Boolean).length % 2 === 0;
}

/** README's pictures are those of one run: `UPDATE_SCREENSHOTS=1 npm test -- screens`. */
export const PICTURES =
  process.env['UPDATE_SCREENSHOTS'] === '1' ? resolve(import.meta.dirname, '../../../../docs/screenshots') : null;
const PICTURED = new Set([
  'sign-in en light desk',
  'chats en light desk',
  'chats ru dark desk',
  'conversation ru light phone',
  'users en light desk',
  'users ru dark phone',
  'edit-user en light desk',
  'settings en dark desk',
  'integration en light desk',
  'integration-plan ru dark desk',
  'rocketchat en light desk',
  'rocketchat-broken ru light desk',
]);

/**
 * Looks at a page that is completely there: in the right language and theme, no wider than the window, no text missing, accessible to
 * everybody; and takes its picture when it is one of README's.
 */
export async function lookOver(page: Page, name: string, look: Look): Promise<void> {
  const [language, theme] = look;
  const what = `${name} (${look.join(', ')})`;
  await page.evaluate(() => document.fonts.ready);
  const found = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - innerWidth,
    language: document.documentElement.lang,
    dark: document.documentElement.classList.contains('dark'),
    // A key that has no text is shown as it is: "admin.users.title".
    keys:
      document.body.innerText.match(
        /\b(?:common|auth|chats|admin|profile|errors|oauth|applications|integration|rocketchat)(?:\.[a-z][\w-]+){2,}/g,
      ) ?? [],
  }));
  expect({ what, ...found }).toEqual({ what, overflow: 0, language, dark: theme === 'dark', keys: [] });
  if (isCheckedForAll(look)) await assertAccessible(page, what);
  await takePicture(page, name, look);
}

/**
 * Looks a page over in both themes, the one that it is in first. It stays in the other one, so that of the pages that follow one another
 * every second one is opened in the dark.
 */
export async function lookOverInBothThemes(page: Page, name: string, view: View): Promise<void> {
  await lookOverOnce(page, name, view);
  await switchTheme(page);
  await lookOverOnce(page, name, view);
}

/** Looks a page over that does not last: in the theme that it is in. */
export async function lookOverOnce(page: Page, name: string, { language, device }: View): Promise<void> {
  await lookOver(page, name, [language, await themeOf(page), device]);
}

/** The system turns to the other theme: waits until the page has followed. */
export async function switchTheme(page: Page): Promise<void> {
  const wanted = (await themeOf(page)) === 'dark' ? 'light' : 'dark';
  await page.emulateMedia({ colorScheme: wanted });
  await page.waitForFunction((theme) => {
    const changing = document.getAnimations().some((animation) => animation instanceof CSSTransition);
    return document.documentElement.classList.contains(theme) && !changing;
  }, wanted);
}

/** What the system of this browser prefers. */
async function themeOf(page: Page): Promise<'light' | 'dark'> {
  return (await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)) ? 'dark' : 'light';
}

async function takePicture(page: Page, name: string, look: Look): Promise<void> {
  if (!PICTURES || !PICTURED.has(`${name} ${look.join(' ')}`)) return;
  await mkdir(PICTURES, { recursive: true });
  await page.evaluate(() => document.fonts.load('16px "Noto Color Emoji"', '\u{1F465}'));
  // Nobody's pointer hovers over anything, and the cursor does not blink.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(PICTURES, `${name}-${look.join('-')}.png`), caret: 'hide' });
}
