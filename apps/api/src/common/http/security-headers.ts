import type { FastifyInstance } from 'fastify';
import type { AppConfig } from '../../config/app-config.js';

const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  // The component library puts its colour variables into a <style> element, and virtual lists place rows by style attributes.
  // Scripts stay strict.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  // `'self'` covers ws: and wss: of the same host (CSP level 3, all supported browsers).
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "object-src 'none'",
].join(';');

/** Plain http is how local mode is reached; promising https there would lock people out of their own machine. */
const ONLY_HTTPS = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/** The list of the OWASP Secure Headers Project; `x-xss-protection: 0` switches off a filter that made holes of its own. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/**
 * Headers that keep a page of ours from loading, or being loaded by, anybody else. The same for every answer, so written down and not
 * computed; a route that needs others sets them afterwards.
 */
export function addSecurityHeaders(server: FastifyInstance, config: AppConfig): void {
  const headers = {
    ...HEADERS,
    'content-security-policy': policyOf(config),
    ...(config.mode === 'production' && ONLY_HTTPS),
  };
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/**
 * The chat view frames one other origin, Rocket.Chat's, and its diagnostics look whether the browser reaches it, by request and by
 * WebSocket.
 */
function policyOf({ rocketChat }: AppConfig): string {
  if (rocketChat.url === null) return POLICY;
  const { origin } = new URL(rocketChat.url);
  return POLICY.replace("frame-src 'self'", `frame-src 'self' ${origin}`).replace(
    "connect-src 'self'",
    `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}`,
  );
}
