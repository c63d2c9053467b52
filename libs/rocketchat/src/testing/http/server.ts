import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Call, Core } from '../core.js';
import { clientAddress, parseBody, pause, readText, send, sendJson, type Exchange } from './exchange.js';
import { frameHeaders } from './frame-headers.js';

/** Answers a request, or says that it is not theirs. */
export type Handler = (exchange: Exchange) => Promise<boolean>;

/** The listening part: connections, faults of the wire, the log of calls. */
export class HttpServer {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private port: number;

  /**
   * @param handlers asked one after the other
   * @param upgrade takes over a WebSocket
   */
  constructor(
    private readonly core: Core,
    private readonly handlers: readonly Handler[],
    private readonly upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void,
    port = 0,
    private readonly host = '127.0.0.1',
  ) {
    this.port = port;
    core.faults.onChange(() => {
      if (core.faults.find('outage')) this.cut();
    });
  }

  /** Listens; again at the same port after a stop. */
  async start(): Promise<number> {
    const server = createServer((req, res) => void this.serve(req, res));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      if (this.core.faults.find('outage')) socket.destroy();
    });
    server.on('upgrade', (req, socket: Duplex, head: Buffer) => {
      if (this.core.faults.find('websocket-refused')) {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      } else this.upgrade(req, socket, head);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    return this.port;
  }

  /** Nobody listens any more: connections are refused. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.cut();
    await closed;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { core } = this;
    const url = new URL(req.url ?? '/', core.origin);
    const call: Call = {
      at: core.clock.now(),
      method: req.method ?? 'GET',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      body: undefined,
      status: 0,
      wrote: false,
      changed: false,
    };
    core.calls.push(call);
    const exchange: Exchange = { core, req, res, url, ip: clientAddress(core, req), text: '', body: {}, call };
    try {
      exchange.text = await readText(req);
      if (await this.goesWrong(exchange)) return;
      exchange.body = parseBody(exchange.text, req.headers['content-type']);
      call.body = exchange.body;
      for (const [name, value] of Object.entries(frameHeaders(core))) res.setHeader(name, value);
      for (const handler of this.handlers) if (await handler(exchange)) return;
      await send(exchange, 404, 'Not found', { 'Content-Type': 'text/plain' });
    } catch (error) {
      await failed(exchange, error);
    }
  }

  /** Faults that come before the program sees the request. */
  private async goesWrong(exchange: Exchange): Promise<boolean> {
    const { core, res, url } = exchange;
    const { faults } = core;
    const path = url.pathname;
    if (faults.hit('connection-reset', path)) {
      res.socket?.resetAndDestroy();
      return true;
    }
    if (faults.hit('hang', path)) return true;
    const late = faults.hit('latency', path);
    if (late) await pause(late.ms);
    const page = faults.hit('proxy-page', path);
    if (page) {
      const html = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
      await send(exchange, page.status ?? 502, html, { 'Content-Type': 'text/html' });
      return true;
    }
    const broken = faults.hit('server-error', path);
    if (broken) {
      await sendJson(exchange, broken.status ?? 500, { success: false, error: 'Internal server error' });
      return true;
    }
    return false;
  }
}

async function failed(exchange: Exchange, error: unknown): Promise<void> {
  if (exchange.res.headersSent || exchange.res.destroyed) return;
  if (error instanceof SyntaxError) {
    await sendJson(exchange, 400, { success: false, error: 'Invalid JSON', errorType: 'invalid-params' });
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await sendJson(exchange, 500, { success: false, error: text });
}
