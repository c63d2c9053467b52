import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { AUTHENTICATOR, type AccessToken, type Authenticator } from '../../common/access/authenticator.js';
import { isOwnOrigin } from '../../common/access/csrf.js';
import { localeFrom } from '../../common/context/locale.js';
import type { Principal } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { toAppError } from '../../common/errors/problem.js';
import { Lifecycle } from '../../common/lifecycle/lifecycle.js';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { ConnectionLimits } from './connection-limits.js';
import { refusalOf } from './event-dispatcher.js';
import { RealtimeMetrics } from './realtime.metrics.js';
import { type RealtimeServer, type RealtimeSocket, rooms, type SocketSession } from './socket-types.js';
import { forgetHandshake } from './socketio-internals.js';

const USER_AGENT_MAX = 400;

/** What Socket.IO sends as `connect_error`; `data` reaches the client. */
class HandshakeRefusal extends Error {
  readonly data: ReturnType<typeof refusalOf>;

  constructor(error: AppError) {
    super(error.code);
    this.data = refusalOf(error);
  }
}

/** Lets a connection in: the same tokens and the same rule about foreign sites as HTTP. */
@Injectable()
export class Handshake {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    private readonly config: AppConfig,
    private readonly limits: ConnectionLimits,
    private readonly lifecycle: Lifecycle,
    private readonly metrics: RealtimeMetrics,
    private readonly http: HttpAdapterHost,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Guards the server: every socket passes here before it is connected. */
  guard(server: RealtimeServer): void {
    server.use((socket, next) => {
      this.admit(socket).then(
        () => {
          this.metrics.handshake('ok');
          next();
        },
        (thrown: unknown) => {
          const error = toAppError(thrown);
          this.metrics.handshake(error.code);
          if (error.code === 'internal') this.logger.error({ err: error.cause ?? error }, 'socket handshake failed');
          next(new HandshakeRefusal(error));
        },
      );
    });
  }

  private async admit(socket: RealtimeSocket): Promise<void> {
    if (this.lifecycle.draining) throw new AppError('shutting_down', { retryAfter: 2 });
    const { request } = socket;
    const token = this.tokenOf(socket);
    // A browser sends cookies with a websocket that any site opens, and asks nobody beforehand: only `Origin` tells.
    if (token?.via === 'cookie' && !this.isOwn(request)) throw new AppError('csrf_rejected');
    const principal = token === null ? null : await this.authenticator.authenticate(token);
    if (principal === null) throw new AppError('unauthenticated');
    const address = this.addressOf(request);
    this.takePlace(socket, principal.userId, address);
    socket.data = {
      session: sharedSession(socket, principal),
      address,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX),
      locale: localeFrom(request.headers['accept-language']),
      activeAt: Date.now(),
      here: true,
      ready: undefined,
    };
    forgetHandshake(socket);
  }

  /** A token in `auth` outweighs the cookie: a client that names a token means that one. */
  private tokenOf({ handshake, request }: RealtimeSocket): AccessToken | null {
    const given: unknown = handshake.auth['token'];
    if (given !== undefined) return typeof given === 'string' && given !== '' ? { value: given, via: 'bearer' } : null;
    const header = request.headers.cookie;
    if (header === undefined) return null;
    const server = this.http.httpAdapter.getInstance<FastifyInstance>();
    const value = server.parseCookie(header)[this.config.auth.cookies.access];
    return value === undefined || value === '' ? null : { value, via: 'cookie' };
  }

  private isOwn(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    if (origin !== undefined) return isOwnOrigin(origin, request, this.config);
    return request.headers['sec-fetch-site'] === 'same-origin';
  }

  /** The client's address under the same rule of trust as for HTTP requests. */
  private addressOf(request: IncomingMessage): string {
    const { trustedProxies } = this.config.http;
    if (trustedProxies === false) return request.socket.remoteAddress ?? 'unknown';
    return proxyAddr(
      request,
      typeof trustedProxies === 'number' ? (_address, hop) => hop < trustedProxies : trustedProxies,
    );
  }

  private takePlace(socket: RealtimeSocket, userId: string, address: string): void {
    if (!this.limits.enabled) return;
    // Closed while the token was looked up: there is no `close` to come that would give the place back.
    if (socket.conn.readyState !== 'open') throw new AppError('unauthenticated');
    this.limits.enter(userId, address);
    socket.conn.once('close', () => this.limits.leave(userId, address));
  }
}

/** The object that the session's other sockets have, or a new one. */
function sharedSession(socket: RealtimeSocket, principal: Principal): SocketSession {
  const [other] = socket.nsp.adapter.rooms.get(rooms.session(principal.sessionId)) ?? [];
  const shared = other === undefined ? undefined : socket.nsp.sockets.get(other)?.data.session;
  return shared ?? { principal, asOf: 0, summary: null };
}
