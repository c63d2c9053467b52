import type { FastifyReply } from 'fastify';
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
