import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, expect } from '@jest/globals';
import { guardContext, type PageGuard } from '@besedka/testing/page-guard';
import type { Page } from 'playwright-core';
import { useApp } from './support/app.js';
import { assertAccessible } from './support/axe.js';
import { setScene, type Scene } from './support/scene.js';
import { FORBIDDEN, OWNER_SCREENS, VISITOR_SCREENS, type Screen } from './support/screens.js';
import { textsOf, type Language } from './support/texts.js';

const app = useApp();
let scene: Scene;
beforeAll(async () => {
  scene = await setScene(app);
});

/** README's pictures are those of one run: `UPDATE_SCREENSHOTS=1 npm test -- screens`. */
const PICTURES =
  process.env['UPDATE_SCREENSHOTS'] === '1' ? resolve(import.meta.dirname, '../../../docs/screenshots') : null;
const PICTURED = new Set([
  'sign-in en light desk',
  'chats en light desk',
  'chats ru dark desk',
  'conversation ru light phone',
  'users en light desk',
  'users ru dark phone',
  'edit-user en light desk',
  'settings en dark desk',
]);

/** The browser writes a line for every refused request; these screens are refused on purpose. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'sign-in-refused': /401/,
  'reset-refused': /400/,
  'activation-refused': /400/,
  'user-missing': /404/,
  'consent-impossible': /400/,
  'device-wrong': /404/,
  'application-missing': /404/,
};

type Look = readonly [language: Language, theme: 'light' | 'dark', device: 'desk' | 'phone'];
const LOOKS: readonly Look[] = (['ru', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['desk', 'phone'] as const).map((device): Look => [language, theme, device]),
  ),
);

/**
 * The rules of accessibility are asked in four of the eight looks: every language meets every theme and every device, every theme
 * every device. No rule depends on all three.
 */
function isCheckedForAll(...[language, theme, device]: Look): boolean {
  return [language === 'en', theme === 'dark', device === 'phone'].filter(Boolean).length % 2 === 0;
}

/**
 * Every screen, in both languages and themes, on a desk and on a phone: nothing is asked of another host, nothing is logged as an
 * error, no accessibility rule is broken, nothing is wider than the window, and no text is missing.
 */
describe.each(LOOKS)('Every screen: %s, %s, %s', (language, theme, device) => {
  const phone = device === 'phone';
  const isChecked = isCheckedForAll(language, theme, device);
  const t = textsOf(language);

  async function look(page: Page, guard: PageGuard, screen: Screen): Promise<void> {
    const what = `${screen.name} (${language}, ${theme}, ${device})`;
    const refused = REFUSED[screen.name];
    if (refused) guard.allow(refused);
    await screen.open({ page, t, scene, phone }).catch((error: unknown) => {
      throw new Error(`${what} did not open: ${String(error)}`, { cause: error });
    });
    await page.evaluate(() => document.fonts.ready);
    const found = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - innerWidth,
      language: document.documentElement.lang,
      dark: document.documentElement.classList.contains('dark'),
      // A key that has no text is shown as it is: "admin.users.title".
      keys:
        document.body.innerText.match(
          /\b(?:common|auth|chats|admin|profile|errors|oauth|applications)(?:\.[a-z]\w+){2,}/g,
        ) ?? [],
    }));
    expect({ what, ...found }).toEqual({ what, overflow: 0, language, dark: theme === 'dark', keys: [] });
    if (isChecked) await assertAccessible(page, what);
    await takePicture(page, screen.name);
  }

  /** One broken screen does not hide the others. */
  async function lookAtAll(page: Page, guard: PageGuard, screens: readonly Screen[]): Promise<void> {
    const broken: string[] = [];
    for (const screen of screens) {
      await look(page, guard, screen).catch((error: unknown) => broken.push(String(error)));
    }
    if (broken.length > 0) throw new Error(broken.join('\n\n'));
  }

  async function takePicture(page: Page, name: string): Promise<void> {
    if (!PICTURES || !PICTURED.has(`${name} ${language} ${theme} ${device}`)) return;
    await mkdir(PICTURES, { recursive: true });
    await page.evaluate(() => document.fonts.load('16px "Noto Color Emoji"', '\u{1F465}'));
    // Nobody's pointer hovers over anything, and the cursor does not blink.
    await page.screenshot({ path: join(PICTURES, `${name}-${language}-${theme}-${device}.png`), caret: 'hide' });
  }

  it('of a visitor', async () => {
    const context = await app.browser.newContext({
      baseURL: app.server.url,
      locale: language === 'ru' ? 'ru-RU' : 'en-US',
      colorScheme: theme,
      reducedMotion: 'reduce',
      viewport: phone ? { width: 360, height: 740 } : { width: 1440, height: 900 },
      ...(phone && { isMobile: true, hasTouch: true }),
    });
    try {
      const guard = guardContext(context);
      const page = await context.newPage();
      await lookAtAll(page, guard, VISITOR_SCREENS);
      guard.assertClean();
    } finally {
      await context.close();
    }
  });

  it('of the owner', async () => {
    const owner = await app.person('owner', {
      theme,
      phone,
      emoji: PICTURES !== null,
      locale: language === 'ru' ? 'ru-RU' : 'en-US',
    });
    // The account's language counts more than the browser's.
    await owner.api('PATCH', 'users/me', { locale: language });
    await lookAtAll(owner.page, owner.guard, OWNER_SCREENS);
  }, 300_000);

  it('of somebody who may not', async () => {
    const somebody = await app.person('store_admin', { theme, phone });
    await somebody.api('PATCH', 'users/me', { locale: language });
    await look(somebody.page, somebody.guard, FORBIDDEN);
  });
});
