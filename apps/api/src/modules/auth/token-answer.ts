import type { SessionTokens } from '@besedka/contracts';
import type { FastifyReply } from 'fastify';
import { setSessionCookies } from '../../common/access/cookies.js';
import type { AppConfig } from '../../config/app-config.js';
import type { IssuedTokens } from './sessions.service.js';

/** Hands tokens out: to browsers as cookies, to integrators that ask for it in the body, never both. */
export function answerTokens(
  reply: FastifyReply,
  config: AppConfig,
  issued: IssuedTokens,
  where: 'cookie' | 'body',
): SessionTokens {
  reply.header('cache-control', 'no-store');
  const answer = { sessionId: issued.sessionId, expiresIn: config.auth.accessTokenSeconds };
  if (where === 'body') return { ...answer, accessToken: issued.access, refreshToken: issued.refresh };
  setSessionCookies(reply, config.auth, { access: issued.access, refresh: issued.refresh });
  return answer;
}
