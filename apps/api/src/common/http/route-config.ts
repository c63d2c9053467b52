import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';

const configs = new WeakMap<object, FastifyContextConfig>();

/** Adds to the Fastify route's own config. Nest's `RouteConfig` replaces what another decorator has put there; this one keeps it. */
export function addRouteConfig(part: FastifyContextConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const merged = { ...configs.get(handler), ...part };
    configs.set(handler, merged);
    RouteConfig(merged)(target, key, descriptor);
  };
}

/** The route reads `multipart/form-data` itself; every other route refuses it. */
export function TakesUpload(): MethodDecorator {
  return addRouteConfig({ upload: true });
}
