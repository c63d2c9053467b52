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

async function takePicture(page: Page, name: string, look: Look): Promise<void> {
  if (!PICTURES || !PICTURED.has(`${name} ${look.join(' ')}`)) return;
  await mkdir(PICTURES, { recursive: true });
  await page.evaluate(() => document.fonts.load('16px "Noto Color Emoji"', '\u{1F465}'));
  // Nobody's pointer hovers over anything, and the cursor does not blink.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(PICTURES, `${name}-${look.join('-')}.png`), caret: 'hide' });
}
