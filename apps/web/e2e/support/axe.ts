import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    axe?: { run(context: Document, options: RunOptions): Promise<AxeResults> };
  }
}

let source: Promise<string> | undefined;

/** @throws with every accessibility rule that the page breaks, and where */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Our pages stay the same document while one walks through them: the checker is brought once, not before each look.
  if (!(await page.evaluate(() => window.axe !== undefined))) {
    source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(await source);
  }
  const violations = await page.evaluate(async () => {
    const results = await window.axe?.run(document, { resultTypes: ['violations'], iframes: false });
    return results?.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      places: nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
    }));
  });
  if (violations === undefined) throw new Error(`${what}: the accessibility checker did not run`);
  if (violations.length === 0) return;
  const lines = violations.map(({ id, help, places }) =>
    [`- ${id}: ${help}`, ...places.map((place) => `    ${place}`)].join('\n'),
  );
  throw new Error(`${what} is not accessible to everybody:\n${lines.join('\n')}`);
}
