import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Frame, Page } from 'playwright-core';

/** A page of another origin that embeds the chat, writes down what it says, and can give it commands. */
export class Portal {
  url = '';
  /** What `POST /chat/api/auth/` answers; nothing when nobody is signed in. */
  frameAnswer: Record<string, string> | undefined;
  private server: Server | undefined;

  async start(): Promise<this> {
    const server = createServer((req, res) => this.serve(req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private serve(req: IncomingMessage, res: ServerResponse): void {
    const url = new URL(req.url ?? '/', this.url);
    const cors = {
      'Access-Control-Allow-Origin': req.headers.origin ?? '',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'content-type',
    };
    if (req.method === 'OPTIONS') {
      res.writeHead(204, cors).end();
    } else if (url.pathname === '/chat/api/auth/') {
      res.writeHead(this.frameAnswer ? 200 : 401, { ...cors, 'Content-Type': 'application/json' });
      res.end(JSON.stringify(this.frameAnswer ?? { error: 'unauthorized' }));
    } else if (url.pathname === '/login') {
      res.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Sign in to the portal</h1>');
    } else {
      const src = (url.searchParams.get('chat') ?? '').replaceAll('"', '');
      res.writeHead(200, { 'Content-Type': 'text/html' });
      res.end(`<!doctype html><title>Portal</title><script>
        window.heard = [];
        addEventListener('message', ({ data, origin }) => window.heard.push({ ...data, origin }));
      </script><iframe id="chat" src="${src}" style="width: 800px; height: 500px"></iframe>`);
    }
  }
}

/** What the embedding page heard. */
export interface Heard {
  eventName?: string;
  event?: string;
  data?: unknown;
  response?: unknown;
  origin: string;
}

/** The chat inside of the portal, in a window of its own. */
export class Embedded {
  private constructor(
    readonly page: Page,
    readonly errors: string[],
  ) {}

  static async open(browser: Browser, portal: Portal, chat: string): Promise<Embedded> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${portal.url}/?chat=${encodeURIComponent(chat)}`);
    return new Embedded(page, errors);
  }

  get frame(): Frame {
    return this.page.frames()[1]!;
  }

  get chat() {
    return this.page.frameLocator('#chat');
  }

  async command(message: unknown): Promise<void> {
    await this.page.evaluate((data) => {
      document.querySelector<HTMLIFrameElement>('#chat')?.contentWindow?.postMessage(data, '*');
    }, message);
  }

  heard(): Promise<Heard[]> {
    return this.page.evaluate(() => (window as unknown as { heard: Heard[] }).heard);
  }

  /** Waits for an event of this name; its last data. */
  async event(eventName: string, least = 1): Promise<unknown> {
    await this.page.waitForFunction(
      ([name, count]) =>
        (window as unknown as { heard: Heard[] }).heard.filter((one) => one.eventName === name).length >= Number(count),
      [eventName, least],
    );
    return (await this.heard()).filter((one) => one.eventName === eventName).at(-1)?.data;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
