import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';
import type { RouteRegistry } from './routes.js';

/** Addresses of servers and programs: an unknown one is a 404, never the web app's page. */
const NOT_PAGES = /^\/(api|o|socket\.io|chat\/api|\.well-known|livez|readyz|version|metrics)(\/|$)/;
/** File names with a content hash, as the build makes them: `/assets/name-<hash>.<ext>`. */
const HASHED = /^assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const YEAR_SECONDS = 31_536_000;

/**
 * Serves the built web app: hashed assets for ever, other files revalidated, and the page itself for every address that a
 * person may open. Files that the build has compressed (.br, .gz) are sent as they are.
 */
export async function serveWebApp(server: FastifyInstance, root: string | null, routes: RouteRegistry): Promise<void> {
  if (root !== null)
    await server.register(fastifyStatic, { root, serve: false, preCompressed: true, index: false, dotfiles: 'deny' });
  const page = root !== null && existsSync(join(root, 'index.html'));

  server.get('/*', { config: { access: { kind: 'public', principal: 'none' }, fallback: true } }, (request, reply) => {
    const path = decodeURIComponent(request.url.split('?', 1)[0] ?? '/').slice(1);
    if (NOT_PAGES.test(`/${path}`) || !page || root === null) throw notFound(request, reply, routes);
    if (looksLikeFile(path)) {
      if (!isFileInside(root, path)) throw notFound(request, reply, routes);
      const kept = HASHED.test(path);
      if (!kept) reply.header('cache-control', 'no-cache');
      return reply.sendFile(path, kept ? { immutable: true, maxAge: YEAR_SECONDS * 1000 } : { cacheControl: false });
    }
    if (!wantsPage(request)) throw notFound(request, reply, routes);
    // Revalidated each time: the page names the hashed assets of the current build.
    return reply.header('cache-control', 'no-cache').sendFile('index.html', { cacheControl: false });
  });
}

/** Addresses of pages have no dot in their last part. */
function looksLikeFile(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).includes('.');
}

function isFileInside(root: string, path: string): boolean {
  return !path.split(/[\\/]/).includes('..') && existsSync(join(root, path));
}

function wantsPage(request: FastifyRequest): boolean {
  const accept = request.headers.accept;
  return accept === undefined || accept.includes('text/html') || accept.includes('*/*');
}

function notFound(request: FastifyRequest, reply: FastifyReply, routes: RouteRegistry): AppError {
  const methods = routes.methodsOf(request.url);
  if (methods.length === 0) return new AppError('not_found');
  reply.header('allow', methods.join(', '));
  return new AppError('method_not_allowed', { data: { allow: methods } });
}
