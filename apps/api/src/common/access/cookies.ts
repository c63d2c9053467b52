import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { AuthConfig, CookieNames } from '../../config/auth.config.js';
import type { AccessToken } from './authenticator.js';

/** The refresh token travels only to the addresses that use it. */
const REFRESH_PATH = '/api/v1/auth';

function attributes(names: CookieNames, path: string): CookieSerializeOptions {
  return { path, httpOnly: true, sameSite: 'lax', secure: names.secure };
}

/**
 * Gives the browser a session: a short access token for the whole site and a refresh token for the auth routes.
 * Both cookies live as long as the refresh token, so that an expired access token is still recognised as "signed in once".
 */
export function setSessionCookies(
  reply: FastifyReply,
  auth: AuthConfig,
  tokens: { access: string; refresh: string },
): void {
  const maxAge = auth.refreshTokenDays * 86_400;
  reply.setCookie(auth.cookies.access, tokens.access, { ...attributes(auth.cookies, '/'), maxAge });
  reply.setCookie(auth.cookies.refresh, tokens.refresh, { ...attributes(auth.cookies, REFRESH_PATH), maxAge });
}

/** Takes the session away from the browser. */
export function clearSessionCookies(reply: FastifyReply, auth: AuthConfig): void {
  reply.clearCookie(auth.cookies.access, attributes(auth.cookies, '/'));
  reply.clearCookie(auth.cookies.refresh, attributes(auth.cookies, REFRESH_PATH));
}

/** The refresh token that the browser sent, or null. */
export function refreshTokenOf(request: FastifyRequest, names: CookieNames): string | null {
  return request.cookies[names.refresh] ?? null;
}

/** A bearer token outweighs the cookie: a client that names a token means that one. */
export function accessTokenOf(request: FastifyRequest, names: CookieNames): AccessToken | null {
  const bearer = bearerOf(request.headers.authorization);
  if (bearer !== null) return { value: bearer, via: 'bearer' };
  const cookie = request.cookies[names.access];
  return cookie === undefined || cookie === '' ? null : { value: cookie, via: 'cookie' };
}

/** The token of an `Authorization: Bearer …` header, or null. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? '')?.[1] ?? null;
}
