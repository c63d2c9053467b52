import type { Core } from '../core.js';
import { checkSecondFactor } from '../domain/second-factor.js';
import { hasPermission } from '../domain/permissions.js';
import { findByToken } from '../domain/tokens.js';
import { forbidden, notLoggedIn, RcError } from './errors.js';
import type { Exchange } from './exchange.js';
import { sendJson } from './exchange.js';
import type { Input } from './input.js';
import { limitHeaders, TooMany, type Limiter } from './limiter.js';
import { Raw, type Context, type Route } from './route.js';

/** Everything under `/api/v1/`: who asks, the limit, the permission, the second factor, the endpoint. */
export class Api {
  constructor(
    private readonly core: Core,
    private readonly limiter: Limiter,
    private readonly routes: readonly Route[],
  ) {}

  async answer(exchange: Exchange): Promise<void> {
    const { core } = this;
    const found = this.match(exchange.call.method, exchange.url.pathname.replace(/^\/api\/v1\//, ''));
    if (!found) {
      await sendJson(exchange, 404, { status: 'error', message: 'API endpoint does not exist.' });
      return;
    }
    const revision = core.revision;
    let headers: Record<string, string> = {};
    try {
      const context = this.contextOf(exchange, found.params);
      exchange.call.userId = context.user?._id ?? '';
      headers = this.limit(found.route, context);
      this.admit(found.route, context);
      const outcome = found.route.handle(context);
      // Compared before anything else has its turn: the change is this call's own.
      exchange.call.changed = core.revision !== revision;
      const result = await outcome;
      exchange.call.wrote = found.route.method !== 'GET' && found.route.writes !== false;
      const body = result instanceof Raw ? result.body : { ...(result as object | undefined), success: true };
      await sendJson(exchange, result instanceof Raw ? result.status : 200, body, headers);
    } catch (error) {
      if (!(error instanceof RcError)) throw error;
      exchange.call.changed = core.revision !== revision;
      await sendJson(exchange, error.status, error.body, error instanceof TooMany ? error.headers : headers);
    }
  }

  private match(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const parts = path.split('/').filter((part) => part !== '');
    for (const route of this.routes) {
      if (route.method !== method || route.available?.(this.core) === false) continue;
      const pattern = route.path.split('/');
      if (pattern.length !== parts.length) continue;
      const params: Record<string, string> = {};
      const fits = pattern.every((part, index) => {
        const given = parts[index] ?? '';
        if (!part.startsWith(':')) return part === given;
        params[part.slice(1)] = decodeURIComponent(given);
        return true;
      });
      if (fits) return { route, params };
    }
    return undefined;
  }

  private contextOf({ req, url, body, ip }: Exchange, params: Record<string, string>): Context {
    const header = (name: string) => {
      const value = req.headers[name];
      return Array.isArray(value) ? value[0] : value;
    };
    const found = findByToken(this.core, header('x-auth-token'), header('x-user-id') ?? '-');
    const alive = found?.user.active ? found : undefined;
    return {
      core: this.core,
      user: alive?.user,
      token: alive?.token,
      params,
      query: queryOf(url.searchParams),
      body,
      ip,
      userAgent: header('user-agent') ?? '',
      headers: { 'x-2fa-code': header('x-2fa-code'), 'x-2fa-method': header('x-2fa-method') },
    };
  }

  private limit(route: Route, { user, ip }: Context): Record<string, string> {
    const { core } = this;
    const ordered = core.faults.hit('rate-limit', `/api/v1/${route.path}`);
    if (ordered) {
      const wait = (ordered.seconds ?? 30) * 1000;
      throw new TooMany(wait, limitHeaders(10, 0, core.clock.now() + wait));
    }
    const off =
      route.limit === false || !core.settings.bool('API_Enable_Rate_Limiter') || core.env['TEST_MODE'] === 'true';
    if (off || (user && hasPermission(core, user, 'api-bypass-rate-limit'))) return {};
    return this.limiter.count(`${ip} ${route.method} ${route.path}`, route.limit || undefined);
  }

  private admit(route: Route, { core, user, token, headers, ip, userAgent }: Context): void {
    if (route.auth === 'optional') return;
    if (!user) throw notLoggedIn();
    if (!(route.permissions ?? []).every((one) => hasPermission(core, user, one))) {
      throw forbidden(core.profile.terseErrors, true);
    }
    const path = `/api/v1/${route.path}`;
    const ordered = core.faults.all('two-factor-required').some((fault) => fault.route && path.includes(fault.route));
    if (!route.twoFactor && !ordered) return;
    checkSecondFactor(core, {
      user,
      token,
      code: headers['x-2fa-code'],
      method: headers['x-2fa-method'],
      client: `${userAgent} ${ip}`,
      path,
      strict: route.twoFactor === 'strict',
    });
  }
}

/** `name[]=a&name[]=b` is a list, as the server's own clients send one. */
function queryOf(params: URLSearchParams): Input {
  return Object.fromEntries(
    [...new Set(params.keys())].map((key) =>
      key.endsWith('[]') ? [key.slice(0, -2), params.getAll(key)] : [key, params.getAll(key).at(-1)],
    ),
  );
}
