import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** What {@link guardPage} and {@link guardContext} return. */
export interface PageGuard {
  /** Everything seen so far that must not happen, one sentence each. */
  readonly problems: readonly string[];
  /**
   * Accepts problems that a test provokes on purpose, for example the console line of a refused sign-in. Only later
   * ones: call it just before the step.
   */
  allow(pattern: RegExp): void;
  /** @throws with the list of problems when there is one */
  assertClean(): void;
}

const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Addresses without a host, which the page itself makes. */
const INNER_PROTOCOLS = new Set(['data:', 'blob:', 'about:', 'chrome:']);

/**
 * Watches a page for what no page of ours may do: ask anything of another host (web sockets included), log an error
 * to the console, or let an exception escape.
 */
export function guardPage(page: Page): PageGuard {
  const guard = new Guard();
  guard.watch(page);
  return guard;
}

/** The same for all pages of a browser context, those opened later included. */
export function guardContext(context: BrowserContext): PageGuard {
  const guard = new Guard();
  for (const page of context.pages()) guard.watch(page);
  context.on('page', (page) => guard.watch(page));
  return guard;
}

class Guard implements PageGuard {
  readonly problems: string[] = [];
  private readonly allowed: RegExp[] = [];

  watch(page: Page): void {
    page.on('request', (request) => this.address(request.url()));
    page.on('websocket', (socket) => this.address(socket.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') this.report(`console error: ${message.text()}${location(message)}`);
    });
    page.on('pageerror', (error) => this.report(`uncaught exception: ${error.stack ?? error.message}`));
    page.on('crash', () => this.report('the page crashed'));
  }

  allow(pattern: RegExp): void {
    this.allowed.push(pattern);
  }

  assertClean(): void {
    if (this.problems.length > 0) throw new Error(`The page misbehaved:\n- ${this.problems.join('\n- ')}`);
  }

  private address(address: string): void {
    const url = new URL(address);
    if (INNER_PROTOCOLS.has(url.protocol) || LOCAL_HOSTS.has(url.hostname)) return;
    this.report(`request to another host: ${url.protocol}//${url.host}`);
  }

  private report(problem: string): void {
    if (!this.allowed.some((pattern) => pattern.test(problem))) this.problems.push(problem);
  }
}

function location(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return url ? ` (${url}:${lineNumber})` : '';
}
