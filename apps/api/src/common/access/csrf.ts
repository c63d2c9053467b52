import type { FastifyRequest } from 'fastify';
import type { AppConfig } from '../../config/app-config.js';
import { AppError } from '../errors/app-error.js';
import { bearerOf } from './cookies.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that another site makes a browser send. A request counts as ours when `Origin` is our own, or, where a
 * browser leaves `Origin` out, when `Sec-Fetch-Site` says so. Needed for requests that carry our cookies; a foreign
 * `Origin` is refused on the API even without them, so that nobody is signed in to a stranger's account. Bearer requests
 * are exempt: a browser never adds that header by itself.
 * @throws AppError `csrf_rejected`
 */
export function assertSameSite(request: FastifyRequest, config: AppConfig): void {
  if (SAFE_METHODS.has(request.method) || bearerOf(request.headers.authorization) !== null) return;
  const { access, refresh } = config.auth.cookies;
  const carriesCookies = request.cookies[access] !== undefined || request.cookies[refresh] !== undefined;
  const origin = request.headers.origin;
  if (origin !== undefined) {
    if (isOwnOrigin(origin, request, config)) return;
    if (carriesCookies || request.url.startsWith('/api/')) throw new AppError('csrf_rejected');
    return;
  }
  if (carriesCookies && request.headers['sec-fetch-site'] !== 'same-origin') throw new AppError('csrf_rejected');
}

/**
 * Whether an `Origin` header names this portal: PUBLIC_URL, or in local mode also the host that the request itself was
 * sent to, so that 127.0.0.1, localhost and a name on the home network all work without settings.
 */
export function isOwnOrigin(
  origin: string,
  request: { readonly headers: FastifyRequest['headers'] },
  config: AppConfig,
): boolean {
  if (origin === config.http.publicUrl) return true;
  if (config.mode === 'production' && config.http.publicUrlGiven) return false;
  const host = request.headers.host;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
