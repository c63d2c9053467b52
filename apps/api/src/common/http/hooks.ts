import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { localeFrom } from '../context/locale.js';
import { AppError } from '../errors/app-error.js';
import type { HttpMetrics } from '../metrics/http-metrics.js';
import { assertSafeText } from './unsafe-text.js';

const USER_AGENT_MAX = 400;

/** What happens to every request, whichever route it meets: context, input checks, access log, measurement. */
export function addRequestHooks(server: FastifyInstance, logger: Logger, metrics: HttpMetrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    request.ctx = {
      requestId: request.id,
      principal: null,
      locale: localeFrom(request.headers['accept-language']),
      address: request.ip,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, USER_AGENT_MAX),
    };
    reply.header('x-request-id', request.id);
    done();
  });

  server.addHook('preParsing', (request, _reply, payload, done) => {
    // Forms are what OAuth speaks; elsewhere they are only a way for foreign pages to send writes without a preflight.
    const type = request.headers['content-type'] ?? '';
    const isForm = type.startsWith('application/x-www-form-urlencoded') && !request.url.startsWith('/o/');
    const isUpload = /^multipart\//i.test(type) && request.routeOptions.config.upload !== true;
    done(isForm || isUpload ? new AppError('unsupported_media_type') : null, payload);
  });

  server.addHook('preValidation', (request, _reply, done) => {
    try {
      assertSafeText({ body: request.body, query: request.query, params: request.params });
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });

  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.config.fallback === true ? 'fallback' : (request.routeOptions.url ?? 'unknown');
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    // Path without the query: links in mails carry tokens there.
    const path = request.url.split('?', 1)[0];
    const level = route === '/livez' || route === '/readyz' || route === '/metrics' ? 'debug' : 'info';
    logger[level](
      {
        requestId: request.id,
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        address: request.ctx.address,
        userId: request.ctx.principal?.userId,
      },
      'request',
    );
    done();
  });
}
