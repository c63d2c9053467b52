import { beforeAll } from '@jest/globals';
import { guardContext, type PageGuard } from '@besedka/testing/page-guard';
import type { Page } from 'playwright-core';
import { useApp } from './support/app.js';
import { lookOverInBothThemes, PICTURES, VIEWS } from './support/looks.js';
import { setScene, type Scene } from './support/scene.js';
import { FORBIDDEN, OWNER_SCREENS, VISITOR_SCREENS, type Screen } from './support/screens.js';
import { textsOf } from './support/texts.js';

const app = useApp();
let scene: Scene;
beforeAll(async () => {
  scene = await setScene(app);
});

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

/**
 * Every screen, in both languages and themes, on a desk and on a phone: nothing is asked of another host, nothing is logged as an
 * error, no accessibility rule is broken, nothing is wider than the window, and no text is missing.
 */
describe.each(VIEWS)('Every screen: $language, $device, in both themes', (view) => {
  const { language, device, first: theme } = view;
  const phone = device === 'phone';
  const t = textsOf(language);

  async function look(page: Page, guard: PageGuard, screen: Screen): Promise<void> {
    const what = `${screen.name} (${language}, ${device})`;
    const refused = REFUSED[screen.name];
    if (refused) guard.allow(refused);
    await screen.open({ page, t, scene, phone }).catch((error: unknown) => {
      throw new Error(`${what} did not open: ${String(error)}`, { cause: error });
    });
    await lookOverInBothThemes(page, screen.name, view);
  }

  /** One broken screen does not hide the others. */
  async function lookAtAll(page: Page, guard: PageGuard, screens: readonly Screen[]): Promise<void> {
    const broken: string[] = [];
    for (const screen of screens) {
      await look(page, guard, screen).catch((error: unknown) => broken.push(String(error)));
    }
    if (broken.length > 0) throw new Error(broken.join('\n\n'));
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
