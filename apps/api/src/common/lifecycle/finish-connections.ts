import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors/app-error.js';

/** Seconds after which a client that met a stopping server should try again. */
const RETRY_SECONDS = 5;
/** Milliseconds between two looks for connections that have become idle during a stop. */
const LOOK_AGAIN_MS = 100;

/**
 * Lets a stop end as soon as the last accepted request is answered. Node closes idle keep-alive connections once, when the
 * server stops listening; one that was busy then would stay open until its keep-alive time is over, and the stop with it.
 */
export function finishConnectionsOnClose(server: FastifyInstance): void {
  let stopping = false;
  server.addHook('preClose', (done) => {
    stopping = true;
    if (!server.server.listening) {
      done();
      return;
    }
    const look = setInterval(() => server.server.closeIdleConnections(), LOOK_AGAIN_MS);
    server.server.once('close', () => clearInterval(look));
    look.unref();
    done();
  });
  // A request that slips in on a connection opened before: refused by name, unlike Fastify's own bare 503.
  server.addHook('onRequest', (_request, _reply, done) => {
    done(stopping ? new AppError('shutting_down', { retryAfter: RETRY_SECONDS }) : undefined);
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });
}
