import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { addRocketChatGate } from './common/access/rocketchat-gate.js';
import { requestIdOf } from './common/context/request-id.js';
import { ProblemFilter, sendProblem } from './common/errors/problem.filter.js';
import { toAppError } from './common/errors/problem.js';
import { serveApiDocs } from './common/http/api-docs.js';
import { addRequestHooks } from './common/http/hooks.js';
import { InputPipe } from './common/http/input.pipe.js';
import { openApiDocument } from './common/http/openapi-document.js';
import { RouteRegistry } from './common/http/routes.js';
import { addSecurityHeaders } from './common/http/security-headers.js';
import { answerUnreadable } from './common/http/unreadable-request.js';
import { serveWebApp } from './common/http/web-app.js';
import { finishConnectionsOnClose } from './common/lifecycle/finish-connections.js';
import { LOGGER } from './common/logging/logger.js';
import { NestLogger } from './common/logging/nest-logger.js';
import { HttpMetrics } from './common/metrics/http-metrics.js';
import type { AppConfig } from './config/app-config.js';
import { addOAuthCors } from './modules/oauth-provider/cors.js';
import { addFrameHeaders } from './modules/oauth-provider/frame-headers.js';
import { answerInProtocolWords } from './modules/oauth-provider/protocol-failures.js';
import { RealtimeAdapter } from './modules/realtime/realtime.adapter.js';

/** Every controller stands below this, except those that other programs know by another address. */
export const API_PREFIX = 'api/v1';
const OUTSIDE_PREFIX = [
  'livez',
  'readyz',
  'version',
  'metrics',
  'o/{*path}',
  '.well-known/{*path}',
  'chat/{*path}',
  'api/{*path}',
];

/** The HTTP server with everything that must be known before the first route: limits, ids, whom to believe. */
function createAdapter(config: AppConfig): FastifyAdapter {
  const { trustedProxies, bodyLimitBytes } = config.http;
  return new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    // Hops are counted from the right: what the nearest proxy saw, never what the client wrote on the left.
    trustProxy: typeof trustedProxies === 'number' ? (_address, hop) => hop < trustedProxies : trustedProxies,
    genReqId: requestIdOf,
    // Our own access log knows routes, users and what must not be written.
    logger: false,
    // Idle keep-alive connections must not hold up a stop; busy ones finish.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    requestTimeout: 60_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    // A malformed address never reaches the hooks.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('x-request-id', request.id);
      sendProblem(reply, toAppError(error), request.id);
    },
  });
}

/**
 * Makes the application around a root module, configured as it runs in production; `listen()` or `init()` is left to the
 * caller. `main.ts`, the OpenAPI generator and the tests all come through here.
 * @param preview reads the declarations without creating any provider; for the OpenAPI file
 */
export async function createApp(
  root: DynamicModule,
  config: AppConfig,
  logger: Logger,
  preview = false,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(config), {
    logger: new NestLogger(logger),
    abortOnError: false,
    preview,
  });
  if (!preview) await configureApp(app, config);
  else app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE_PREFIX });
  return app;
}

/** Pipes, filters, hooks and the routes that are not controllers. Call once, before `init()` or `listen()`. */
export async function configureApp(app: NestFastifyApplication, config: AppConfig): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  const logger = app.get<Logger>(LOGGER);
  const routes = RouteRegistry.attach(server);

  await server.register(cookie);
  // Routes that take uploads set their own, smaller limits.
  await server.register(multipart, { limits: { files: 1, fields: 10, headerPairs: 50 } });
  addSecurityHeaders(server, config);
  addRequestHooks(server, logger, app.get(HttpMetrics));
  addRocketChatGate(server, config);
  addOAuthCors(server);
  addFrameHeaders(server, config);
  finishConnectionsOnClose(server);
  // Text bodies have no reader here: they would only be a way around the JSON check.
  server.removeContentTypeParser('text/plain');

  app.useWebSocketAdapter(new RealtimeAdapter(app));
  app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE_PREFIX });
  app.useGlobalPipes(new InputPipe());
  app.useGlobalFilters(new ProblemFilter(logger, (url) => routes.methodsOf(url), answerInProtocolWords));

  serveApiDocs(server, () => openApiDocument(app, config.build.version));
  await serveWebApp(server, config.http.webRoot, routes);
}
