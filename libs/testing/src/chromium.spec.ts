import type { Browser } from 'playwright-core';
import { findChromium, installedPaths, launchChromium } from './chromium.js';

/** Also unpacks the packaged build, once, before the browser journeys begin. */
describe('the browser of the tests', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser.close());

  async function widths(...texts: string[]): Promise<number[]> {
    const page = await browser.newPage();
    await page.setContent(texts.map((text) => `<span style="position: absolute">${text}</span>`).join(''));
    const found = await page
      .locator('span')
      .evaluateAll((spans) => spans.map((span) => span.getBoundingClientRect().width));
    await page.close();
    return found;
  }

  it('draws text: without a font it would have no size, and nobody could see or click it', async () => {
    for (const width of await widths('Besedka', 'Беседка', '<code>a</code>', '<b>a</b>'))
      expect(width).toBeGreaterThan(4);
    const [narrow = 0, wide = 0] = await widths('i', 'Besedka');
    expect(wide).toBeGreaterThan(3 * narrow);
  });

  it('lives on when its fonts lack a character', async () => {
    const disconnected = new Promise((_, reject) => browser.once('disconnected', () => reject(new Error('it died'))));
    await Promise.race([disconnected, widths('😀👥', '中文', 'עברית', 'ไทย', '\u{10FFFD}', '\u{E000}', '👨‍👩‍👧')]);
    expect(await widths('a')).toHaveLength(1);
  });

  it('is the one that CHROMIUM_PATH names, or says that it is not there', async () => {
    expect(await findChromium({ CHROMIUM_PATH: process.execPath })).toMatchObject({ source: 'CHROMIUM_PATH' });
    await expect(findChromium({ CHROMIUM_PATH: '/no/such/browser' })).rejects.toThrow('no such file');
  });

  it('is looked for on PATH first', () => {
    expect(installedPaths('linux', { PATH: '/opt/mine' })[0]).toBe('/opt/mine/chromium');
  });
});
