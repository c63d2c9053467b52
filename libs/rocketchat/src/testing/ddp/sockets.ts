import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Core } from '../core.js';
import { clientAddress } from '../http/exchange.js';
import type { LegacyFlow } from '../oauth/legacy.js';
import type { Message } from '../state/model.js';
import { Connection } from './connection.js';

/** All WebSockets at `/websocket`. */
export class Sockets {
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly connections = new Set<Connection>();

  constructor(
    private readonly core: Core,
    private readonly legacy: LegacyFlow,
  ) {
    core.events.on('notifyUser', (...told) => this.each((one) => one.notifyUser(...told)));
    core.events.on('roomMessage', (roomId, message) => this.each((one) => one.roomMessage(roomId, message as Message)));
    core.events.on('signedOut', (...whom) => this.each((one) => one.signedOut(...whom)));
    core.events.on('restart', () => this.close());
  }

  /** Ids of the accounts that are connected, one per connection; `undefined` for those that are not signed in. */
  get users(): (string | undefined)[] {
    return [...this.connections].map(({ userId }) => userId);
  }

  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (new URL(req.url ?? '/', this.core.origin).pathname !== '/websocket') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.server.handleUpgrade(req, socket, head, (webSocket) => {
      const client = { ip: clientAddress(this.core, req), userAgent: req.headers['user-agent'] ?? '' };
      const connection = new Connection(this.core, webSocket, this.legacy, client);
      this.connections.add(connection);
      webSocket.on('close', () => this.connections.delete(connection));
      webSocket.on('error', () => webSocket.terminate());
    });
  }

  /** Ends every connection. */
  close(): void {
    for (const socket of this.server.clients) socket.terminate();
  }

  private each(tell: (connection: Connection) => void): void {
    for (const connection of this.connections) tell(connection);
  }
}
