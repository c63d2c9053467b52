import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AppConfig } from '../../config/app-config.js';
import { AppError } from '../errors/app-error.js';

const PREFLIGHT_SECONDS = '3600';

/** Whether a page of the configured Rocket.Chat sends this: the `Origin` header is there and is exactly that origin. */
export function isFromRocketChat(
  { headers }: { readonly headers: FastifyRequest['headers'] },
  { oauth }: Pick<AppConfig, 'oauth'>,
): boolean {
  return oauth.rocketChatOrigin !== null && headers.origin === oauth.rocketChatOrigin;
}

/**
 * Stands before the routes that Rocket.Chat's own page calls with our cookies (`@FromRocketChat()`): lets that one origin read them, by
 * name, and answers its preflights. Everybody else (another origin, `null`, no `Origin` at all) gets an empty refusal before the body is
 * read. After the hooks that make the request's context.
 */
export function addRocketChatGate(server: FastifyInstance, config: AppConfig): void {
  server.addHook('onRequest', (request, reply, done) => {
    // By the route that was found, not by the address as it was written: `%61` is an `a` too.
    const { access } = request.routeOptions.config;
    if (access?.kind !== 'public' || access.from !== 'rocketchat') {
      done();
      return;
    }
    reply.header('vary', 'Origin').header('cache-control', 'no-store');
    if (!isFromRocketChat(request, config)) {
      void reply.code(403).send();
      return;
    }
    reply
      .header('access-control-allow-origin', config.oauth.rocketChatOrigin ?? '')
      .header('access-control-allow-credentials', 'true')
      .header('access-control-expose-headers', 'retry-after, x-request-id');
    if (request.method === 'OPTIONS') {
      void reply
        .header('access-control-allow-methods', 'POST')
        .header('access-control-allow-headers', 'content-type')
        .header('access-control-max-age', PREFLIGHT_SECONDS)
        .code(204)
        .send();
      return;
    }
    done(checkType(request));
  });
}

/**
 * Older releases name JSON and send nothing, newer ones name no type (contract 6); an empty body of type JSON would be refused as
 * unreadable. Other types are what foreign pages can send without a preflight.
 */
function checkType(request: FastifyRequest): AppError | undefined {
  const { 'content-type': type, 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  if (type !== undefined && !/^application\/json(?:\s*;|$)/i.test(type)) return new AppError('unsupported_media_type');
  if (chunked === undefined && (length === undefined || length === '0')) delete request.raw.headers['content-type'];
  return undefined;
}
