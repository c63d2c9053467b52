import type { Server } from 'socket.io';
import type { RealtimeSocket } from './socket-types.js';

/**
 * The only file that reaches below Socket.IO's public interface.
 */

/** WebSocket close code "service restart" (RFC 6455 registry): the client sees why, and that coming back makes sense. */
const SERVICE_RESTART = 1012;

interface WebSocketLike {
  close(code: number, reason: string): void;
  terminate(): void;
}

function webSocketOf(connection: RealtimeSocket['conn']): WebSocketLike | undefined {
  return (connection.transport as unknown as { socket?: WebSocketLike }).socket;
}

/**
 * Closes the connection so that clients come back by themselves. `socket.disconnect()` would not do: the client library takes
 * it as "do not come back". Answers already handed over are written first.
 */
export function closeForRestart(socket: RealtimeSocket): void {
  const { conn } = socket;
  const close = (): void => {
    const webSocket = webSocketOf(conn);
    if (webSocket) webSocket.close(SERVICE_RESTART, 'server restart');
    else conn.close();
  };
  // https://github.com/socketio/engine.io: packets wait here while the transport is busy with earlier ones.
  const waiting = (conn as unknown as { writeBuffer: unknown[] }).writeBuffer;
  if (waiting.length > 0) conn.once('drain', close);
  else close();
}

/** Cuts connections that have not answered the closing handshake: they would hold up the stop of the process. */
export function terminateAll(server: Server): void {
  const { clients } = server.engine as unknown as { clients: Record<string, RealtimeSocket['conn']> };
  for (const connection of Object.values(clients)) webSocketOf(connection)?.terminate();
}

/** Stands in for the handshake of every connected socket; frozen, because all share it. */
const FORGOTTEN: RealtimeSocket['handshake'] = Object.freeze({
  headers: {},
  time: '',
  address: '',
  xdomain: false,
  secure: false,
  issued: 0,
  url: '',
  query: {},
  auth: {},
});

/**
 * Lets go of what only the handshake needed: the upgrade request, its headers and the token. They would otherwise stay for as
 * long as the connection. https://socket.io/docs/v4/memory-usage/
 */
export function forgetHandshake(socket: RealtimeSocket): void {
  (socket as { handshake: RealtimeSocket['handshake'] }).handshake = FORGOTTEN;
  (socket.conn as unknown as { request: null }).request = null;
}

interface EngineConnection {
  readonly transport: { readonly socket?: { readonly _socket?: { cork(): void; uncork(): void } } };
  flush(): void;
}

/** Prototypes whose `flush` gathers already: one per process, however many servers the tests start. */
const gathering = new WeakSet<object>();

/**
 * Writes what one turn of the event loop has for a connection in one system call. Engine.IO writes every packet by itself, and a
 * batch of messages has several for the same connection (acknowledgements, messages of others): system calls were 37 % of the
 * process' time under load. Order and content stay; an idle server is not slower, since the turn ends at once.
 */
export function gatherWrites(server: Server): void {
  server.engine.once('connection', (connection: EngineConnection) => {
    const prototype = Object.getPrototypeOf(connection) as EngineConnection;
    if (gathering.has(prototype)) return;
    gathering.add(prototype);
    const flushNow = prototype.flush;
    let waiting = new Set<EngineConnection>();
    const flushAll = (): void => {
      const due = waiting;
      waiting = new Set();
      for (const one of due) {
        const raw = one.transport.socket?._socket;
        raw?.cork();
        flushNow.call(one);
        raw?.uncork();
      }
    };
    prototype.flush = function gathered(this: EngineConnection): void {
      if (waiting.size === 0) setImmediate(flushAll);
      waiting.add(this);
    };
  });
}
