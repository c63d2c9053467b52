import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AppConfig } from '../../config/app-config.js';

/**
 * Lets Rocket.Chat frame this one answer: its sign-in runs in the frame in which we embed it. Everything else stays framed by
 * ourselves alone. `X-Frame-Options` knows no list, so it goes where the policy says more.
 */
export function frameableByRocketChat(reply: FastifyReply, config: AppConfig): void {
  const { rocketChatOrigin } = config.oauth;
  if (rocketChatOrigin === null) return;
  const policy = String(reply.getHeader('content-security-policy') ?? '');
  reply.header(
    'content-security-policy',
    policy.replace(/frame-ancestors [^;]*/, `frame-ancestors 'self' ${rocketChatOrigin}`),
  );
  reply.removeHeader('x-frame-options');
}

/** Our own pages that a waiting authorize request passes through: consent, and signing in for it. */
function isOnTheWay(url: string): boolean {
  const [path = '', query = ''] = url.split('?', 2);
  if (/^\/oauth\/consent\/?$/.test(path)) return true;
  if (!/^\/login\/?$/.test(path)) return false;
  const next = new URLSearchParams(query).get('next') ?? '';
  return /^\/(?:o\/authorize|oauth\/consent|api\/v1\/auth\/continue)\/?\?/.test(next);
}

/** The same for the pages of the web app on that way. After the hooks that set the policy. */
export function addFrameHeaders(server: FastifyInstance, config: AppConfig): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (isOnTheWay(request.url)) frameableByRocketChat(reply, config);
    done();
  });
}
