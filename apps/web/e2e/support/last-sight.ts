import type { Browser, Page } from 'playwright-core';

declare global {
  /** Set by the test environment of journeys. */
  var hasTestFailed: boolean | undefined;
}

/** More would bury the failure itself. */
const MOST = 2_000;
const PATIENCE_MS = 2_000;

/** What every open page shows at this moment, in words: where a test fails on another machine, nothing else is left of it. */
export async function lastSight(browser: Browser): Promise<string> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  const seen = await Promise.all(pages.map(describePage));
  return ['The test failed before these pages:', ...seen].join('\n\n');
}

async function describePage(page: Page): Promise<string> {
  const frames = page.frames().map(async (frame) => {
    const text = await frame.locator('body').innerText({ timeout: PATIENCE_MS });
    return `${frame === page.mainFrame() ? '' : 'in a frame: '}${frame.url()}\n${text.replace(/\s*\n\s*/g, '\n').slice(0, MOST)}`;
  });
  const told = await Promise.allSettled(frames);
  return told
    .map((one) => (one.status === 'fulfilled' ? one.value : `a frame did not answer: ${one.reason}`))
    .join('\n');
}
