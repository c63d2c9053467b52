import type { OAuthScope, Permission } from '@besedka/contracts';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiExtension, ApiResponse } from '@nestjs/swagger';
import { addRouteConfig } from '../http/route-config.js';

/** Who may call a route or socket message. There is no "nothing said": that is refused. */
export type Access =
  | {
      readonly kind: 'public';
      readonly principal: 'none' | 'optional';
      readonly crossSite?: true;
      readonly from?: 'rocketchat';
    }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'permissions'; readonly permissions: readonly Permission[] };

export const ACCESS_KEY = 'besedka:access';
export const SERVICE_SCOPE_KEY = 'besedka:service-scope';

/** Guard metadata and the Fastify route's own config (which the route sweep reads) from one value. */
function declare(access: Access, ...more: MethodDecorator[]): MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS_KEY, access), addRouteConfig({ access }), ...more);
}

const problem = (status: number, description: string): MethodDecorator =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });

/** Made anew for each route: a security decorator that is used twice writes down what it said before as well. */
const secured = (): MethodDecorator[] => [
  ApiBearerAuth('bearer'),
  ApiCookieAuth('cookie'),
  problem(401, 'Nobody is signed in'),
];

/**
 * Anybody may call this. `principal: 'optional'` looks whether somebody is signed in and puts them into the context;
 * without it a token is not even read. `crossSite`: other sites may make a browser send this; only for handlers that look at no
 * cookie.
 */
export function Public(options: { principal?: 'none' | 'optional' } | { crossSite: true } = {}): MethodDecorator {
  if ('crossSite' in options) return declare({ kind: 'public', principal: 'none', crossSite: true });
  return declare({ kind: 'public', principal: options.principal ?? 'none' });
}

/**
 * Only the page of the configured Rocket.Chat may make a browser call this, with the cookies that the browser holds for us: the one
 * exception from "never from another origin, never with cookies". The gate (`rocketchat-gate.ts`) refuses everybody else before anything
 * is read. Whether somebody is signed in is the handler's business.
 */
export function FromRocketChat(): MethodDecorator {
  return declare({ kind: 'public', principal: 'optional', from: 'rocketchat' });
}

/** Everybody who is signed in may call this; what they see is the service's business. */
export function SignedIn(): MethodDecorator {
  return declare({ kind: 'signed-in' }, ...secured());
}

/** Only holders of all the named permissions may call this. */
export function Requires(...permissions: [Permission, ...Permission[]]): MethodDecorator {
  return declare(
    { kind: 'permissions', permissions },
    ...secured(),
    problem(403, `Needs the permission ${permissions.join(' and ')}`),
    ApiExtension('x-permissions', permissions),
  );
}

/** Beside people, applications that act by themselves may call this, with a token that holds the scope. */
export function OpenToServices(scope: OAuthScope): MethodDecorator {
  return applyDecorators(SetMetadata(SERVICE_SCOPE_KEY, scope), ApiExtension('x-service-scope', scope));
}
