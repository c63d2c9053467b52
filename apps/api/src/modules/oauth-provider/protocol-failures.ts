import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../../common/errors/app-error.js';
import { sendProtocolError } from './oauth-answer.js';
import { OAuthError } from './oauth-errors.js';

/** Endpoints of the back channel, whose callers read errors as RFC 6749 5.2 has them and know no other words. */
const BACK_CHANNEL = /^\/o\/(?:token|revoke_token|introspect|device_authorization|userinfo)\/?(?:\?|$)/;

/**
 * Refusals that come from before or beside the endpoints (method, limit, size, characters that cannot be stored, a database that is
 * away) in the words of the protocol. Status and headers stay.
 * @returns false for everything that is not of the back channel
 */
export function answerInProtocolWords(request: FastifyRequest, reply: FastifyReply, error: AppError): boolean {
  if (!BACK_CHANNEL.test(request.url)) return false;
  if (error.retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))));
  sendProtocolError(reply, inProtocolWords(error));
  return true;
}

function inProtocolWords({ code, status }: AppError): OAuthError {
  switch (code) {
    case 'method_not_allowed':
      return new OAuthError('invalid_request', 'This address does not answer to that method.', status);
    case 'payload_too_large':
      return new OAuthError('invalid_request', 'The request is too large.', status);
    case 'rate_limited':
      return new OAuthError('temporarily_unavailable', 'Too many requests: wait as Retry-After says.', status);
    default:
      if (status === 503) return new OAuthError('temporarily_unavailable', 'Try again in a moment.', status);
      return status >= 500
        ? new OAuthError('server_error', 'Something went wrong here.', status)
        : new OAuthError('invalid_request', 'The request cannot be read.', status);
  }
}
