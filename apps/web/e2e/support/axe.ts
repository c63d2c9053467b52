import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** @throws with every accessibility rule that the page breaks, and where */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Our pages have no frames: one run in the page is enough, and twice as quick as the way that opens a page of its own.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  if (violations.length === 0) return;
  const lines = violations.map(({ id, help, nodes }) => {
    const places = nodes
      .slice(0, 3)
      .map(({ target, failureSummary }) => `    ${target.join(' ')}: ${failureSummary ?? ''}`);
    return [`- ${id}: ${help}`, ...places].join('\n');
  });
  throw new Error(`${what} is not accessible to everybody:\n${lines.join('\n')}`);
}
