import type { Server as HttpServer } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { Server, type ServerOptions } from 'socket.io';
import { gatherWrites, terminateAll } from './socketio-internals.js';

/** Bytes of one event. The largest valid one is a message of 4000 characters, about 24 kB. */
const EVENT_BYTES_MAX = 64 * 1024;
/** Milliseconds for a connection to sign in; refused ones are closed after this. */
const SIGN_IN_WITHIN_MS = 10_000;

const OPTIONS: Partial<ServerOptions> = {
  path: '/socket.io',
  // One connection per client from the start: long polling would need sticky balancing and doubles every handshake.
  transports: ['websocket'],
  serveClient: false,
  // Compression keeps a window of up to 300 kB per connection, for messages that are mostly a few hundred bytes.
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: EVENT_BYTES_MAX,
  connectTimeout: SIGN_IN_WITHIN_MS,
  // Other listeners of `upgrade` answer for themselves.
  destroyUpgrade: true,
};

/**
 * Socket.IO on the application's HTTP server. Nest's own `IoAdapter` subscribes every handler on every socket, through an
 * observable each, and brings a Socket.IO of its own version; here events are dispatched by one shared function
 * (`event-dispatcher.ts`), so an idle connection costs nothing for them.
 */
export class RealtimeAdapter extends AbstractWsAdapter {
  constructor(app: NestFastifyApplication) {
    super(app.getHttpServer());
  }

  create(): Server {
    const server = new Server(this.httpServer as HttpServer, OPTIONS);
    gatherWrites(server);
    return server;
  }

  bindMessageHandlers(): void {
    // See the class: the gateway dispatches.
  }

  /** The HTTP server belongs to Fastify, which closes it; here only the connections go. */
  override close(server: Server): Promise<void> {
    terminateAll(server);
    server.engine.close();
    return Promise.resolve();
  }
}
