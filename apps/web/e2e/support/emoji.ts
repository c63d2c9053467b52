import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BrowserContext } from 'playwright-core';

const FOLDER = dirname(createRequire(import.meta.url).resolve('@fontsource/noto-color-emoji/package.json'));
/** The one file of the package in which Chromium finds drawings (COLR): the small ones are for Firefox (SVG). */
const FILE = join(FOLDER, 'files', 'noto-color-emoji-emoji-400-normal.woff2');
const PATH = '/emoji-of-the-tests.woff2';

/**
 * A bare Linux draws boxes for emoji: gives the pages of this context a font for them, so that pictures are true. Six megabytes,
 * so only for pictures.
 */
export async function showEmoji(context: BrowserContext): Promise<void> {
  await context.route(`**${PATH}`, (route) => route.fulfill({ contentType: 'font/woff2', body: readFileSync(FILE) }));
  const css = `@font-face { font-family: 'Noto Color Emoji'; src: url('${PATH}') format('woff2'); font-display: block; }`;
  await context.addInitScript((text) => {
    document.addEventListener('DOMContentLoaded', () => {
      const style = document.createElement('style');
      style.textContent = text;
      document.head.append(style);
    });
  }, css);
}
