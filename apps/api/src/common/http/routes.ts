import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.decorators.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route, put there by the access decorators. */
    access?: Access;
    /** Catches what no route answers; says nothing about which addresses exist. */
    fallback?: boolean;
    /** Takes `multipart/form-data`. */
    upload?: boolean;
    /** Does not count for the limit on everything: one program asks it on behalf of many people. */
    withoutGeneralLimit?: boolean;
  }
}

export interface DeclaredRoute {
  readonly method: string;
  /** Path pattern as the router knows it, e.g. /api/v1/users/:id. */
  readonly path: string;
  /** Undefined: nothing was declared, and the guard refuses the route. */
  readonly access: Access | undefined;
  readonly fallback: boolean;
}

const registries = new WeakMap<object, RouteRegistry>();

/** Every route of the HTTP server as the router itself got it, so that none can hide from the sweep. */
export class RouteRegistry {
  private readonly routes: DeclaredRoute[] = [];
  private matchers: { pattern: RegExp; method: string }[] | null = null;

  /** Begins recording; must be called before the first route is added. */
  static attach(server: FastifyInstance): RouteRegistry {
    const registry = new RouteRegistry();
    registries.set(server.server, registry);
    server.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) {
        if (method === 'HEAD') continue;
        const { access, fallback } = route.config ?? {};
        registry.routes.push({ method, path: route.url, access, fallback: fallback === true });
        registry.matchers = null;
      }
    });
    return registry;
  }

  list(): readonly DeclaredRoute[] {
    return this.routes;
  }

  /** Methods that an address answers to, HEAD beside GET; empty for an unknown address. */
  methodsOf(url: string): readonly string[] {
    this.matchers ??= this.routes
      .filter((r) => !r.fallback)
      .map((r) => ({ pattern: toPattern(r.path), method: r.method }));
    const path = url.split('?', 1)[0] ?? '';
    const methods = new Set(this.matchers.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods].sort();
  }
}

function toPattern(path: string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  // As the router, which does not mind a slash at the end.
  return new RegExp(`^${source}/?$`);
}

/** All routes of a configured application with their access declarations, for the deny-by-default sweep. */
export function listDeclaredRoutes(app: INestApplication): readonly DeclaredRoute[] {
  const registry = registries.get(app.getHttpServer() as object);
  if (registry === undefined) throw new Error('the application was not made by createApp()');
  return registry.list();
}
