import { hasPermission } from '../domain/permissions.js';
import { findByToken } from '../domain/tokens.js';
import { send, sendJson, type Exchange } from '../http/exchange.js';

const NO_CACHE = { 'Cache-Control': 'no-cache, no-store, must-revalidate' };

/** `/api/info`, `/livez`, `/readyz`, `/health`: outside of `/api/v1` and of its limits. */
export async function answerHealth(exchange: Exchange): Promise<boolean> {
  const { core, url } = exchange;
  switch (url.pathname) {
    case '/api/info':
      await info(exchange);
      return true;
    case '/health':
      if (!core.profile.probes) await send(exchange, 200, 'ok', { 'Content-Type': 'text/plain', ...NO_CACHE });
      else await sendJson(exchange, 200, { status: 'ok' }, NO_CACHE);
      return true;
    case '/livez':
      if (!core.profile.probes) return false;
      await sendJson(exchange, 200, { status: 'ok' }, NO_CACHE);
      return true;
    case '/readyz':
      if (!core.profile.probes) return false;
      await ready(exchange);
      return true;
    default:
      return false;
  }
}

/** Major and minor version for everybody, all of it for holders of `view-statistics`. */
async function info(exchange: Exchange): Promise<void> {
  const { core, req } = exchange;
  const version = core.faults.find('version')?.version ?? core.profile.version;
  const found = findByToken(core, one(req.headers['x-auth-token']), one(req.headers['x-user-id']) ?? '-');
  const short = version.replace(/^(\d+\.\d+).*$/, '$1');
  const more = {
    minimumClientVersions: { desktop: '3.9.6', mobile: '4.39.0' },
    ...(core.registered ? { cloudWorkspaceId: 'a1b2c3d4e5f6a7b8c9d0e1f2' } : {}),
    success: true,
  };
  const full = found !== undefined && hasPermission(core, found.user, 'view-statistics');
  await sendJson(exchange, 200, full ? { version, info: { version }, ...more } : { version: short, ...more });
}

async function ready(exchange: Exchange): Promise<void> {
  const degraded = exchange.core.faults.find('unready') !== undefined;
  const checks = {
    memory: { status: 'ok', percentile: 0.41 },
    eventLoop: { status: degraded ? 'degraded' : 'ok', lagMs: degraded ? 180 : 3 },
    mongo: { status: 'ok' },
  };
  await sendJson(exchange, degraded ? 503 : 200, { status: degraded ? 'unavailable' : 'ok', checks }, NO_CACHE);
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
