import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
}

/** What the script says to one request. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly json?: unknown;
  /** Instead of `json`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the answer. */
  readonly delayMs?: number;
  /** `reset`: the connection breaks without an answer; `silence`: nothing ever comes. */
  readonly instead?: 'reset' | 'silence';
}

export type Script = (request: SeenRequest) => ScriptedAnswer | Promise<ScriptedAnswer>;

/**
 * A real HTTP server of which a test says every answer: for what one rule of the client does. The double of a whole Rocket.Chat is
 * another thing: `startRocketChatDouble`.
 */
export class ScriptedServer {
  readonly seen: SeenRequest[] = [];
  script: Script = () => ({ json: { success: true } });
  private readonly server = createServer((request, response) => void this.handle(request, response));

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The requests to one path below `/api/v1/`. */
  to(path: string): SeenRequest[] {
    return this.seen.filter((request) => request.path === `/api/v1/${path}`);
  }

  /** Forgets what was seen. */
  reset(): void {
    this.seen.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', this.url);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string>,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.seen.push(seen);
    const answer = await this.script(seen);
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    if (answer.instead === 'silence') return;
    if (answer.instead === 'reset') {
      request.socket.destroy();
      return;
    }
    const type = answer.text === undefined ? 'application/json' : 'text/html';
    response.writeHead(answer.status ?? 200, { 'Content-Type': type, ...answer.headers });
    response.end(answer.text ?? JSON.stringify(answer.json ?? { success: true }));
  }
}

/** A clock whose sleeps take no time: they move it on, and are noted. */
export class SkippingClock {
  /** Milliseconds of every sleep so far. */
  readonly sleeps: number[] = [];
  private skipped = 0;

  now(): number {
    return Date.now() + this.skipped;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.skipped += ms;
    return Promise.resolve();
  }
}
