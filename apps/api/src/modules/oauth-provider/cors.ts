import type { FastifyInstance } from 'fastify';

/**
 * Addresses that a page of any origin may call from the browser, and how: applications that run there exchange codes and read
 * metadata by themselves. Never with cookies (`*` excludes them), and never the authorize address, which is there for navigation.
 */
const OPEN: Readonly<Record<string, string>> = {
  '/o/token': 'POST',
  '/o/userinfo': 'GET, POST',
  '/o/revoke_token': 'POST',
  '/o/jwks': 'GET',
  '/.well-known/openid-configuration': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/api/v1/auth/rocket': 'GET',
};
const PREFLIGHT_SECONDS = '3600';

/** The methods that other origins may use at this address; undefined where they may not read anything. */
function openMethods(url: string): string | undefined {
  const path = url.split('?', 1)[0] ?? '';
  // As the router sees it: one slash at the end makes no difference.
  const plain = path.endsWith('/') ? path.slice(0, -1) : path;
  return Object.hasOwn(OPEN, plain) ? OPEN[plain] : undefined;
}

/** Answers preflights of the open addresses and lets their answers be read. After the hooks that make the request's context. */
export function addOAuthCors(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const methods = openMethods(request.url);
    if (methods === undefined) {
      done();
      return;
    }
    reply.header('access-control-allow-origin', '*');
    reply.header('access-control-expose-headers', 'www-authenticate, x-request-id');
    if (request.method !== 'OPTIONS') {
      done();
      return;
    }
    void reply
      .header('access-control-allow-methods', methods)
      .header('access-control-allow-headers', 'authorization, content-type')
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send();
  });
}
