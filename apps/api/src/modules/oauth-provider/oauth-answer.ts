import type { FastifyReply } from 'fastify';
import { OAuthError } from './oauth-errors.js';

/**
 * Answers a request to one of the protocol's endpoints: JSON that nobody keeps (RFC 6749 5.1), errors in the protocol's words (5.2).
 * Anything else than a protocol error goes the way of all failures.
 */
export async function answerOAuth(reply: FastifyReply, work: () => Promise<object>): Promise<void> {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
  try {
    await sendJson(reply, 200, await work());
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    await sendProtocolError(reply, error);
  }
}

/** RFC 6749 5.2. */
export function sendProtocolError(reply: FastifyReply, { code, description, status }: OAuthError): FastifyReply {
  if (code === 'invalid_client') reply.header('www-authenticate', 'Basic realm="Besedka"');
  reply.header('cache-control', 'no-store');
  return sendJson(reply, status, { error: code, error_description: description });
}

/** Refuses a use of an access token (RFC 6750 3). */
export async function refuseBearer(
  reply: FastifyReply,
  { code, description, status }: OAuthError,
  tellError = true,
): Promise<void> {
  const error = tellError ? `, error="${code}", error_description="${description}"` : '';
  reply.header('www-authenticate', `Bearer realm="Besedka"${error}`);
  await sendJson(reply.header('cache-control', 'no-store'), status, { error: code, error_description: description });
}

/** Serialised here, with one content type for all of the protocol. */
function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
