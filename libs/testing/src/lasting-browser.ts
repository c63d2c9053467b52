import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';

/** A browser that is started anew when it has ended by itself, so that one crash does not fail everything that comes after it. */
export class LastingBrowser {
  private browser: Browser | undefined;
  private closing = false;

  /** @param crashed told once for each time that the browser has ended without having been asked to */
  constructor(private readonly crashed: () => void) {}

  /** The running browser. @throws when `start` has not been called, or while it is starting */
  get current(): Browser {
    if (!this.browser) throw new Error('the browser runs only inside tests');
    return this.browser;
  }

  /** Starts the browser unless it runs. */
  async start(): Promise<void> {
    if (this.browser?.isConnected()) return;
    this.closing = false;
    const browser = await launchChromium();
    browser.once('disconnected', () => {
      if (!this.closing) this.crashed();
    });
    this.browser = browser;
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.browser?.close();
    this.browser = undefined;
  }
}
