import { randomUUID } from 'node:crypto';
import type { Permission } from '@besedka/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Languages that answers and mail are written in. */
export type Locale = 'ru' | 'en';

/** Who is asking: the signed-in user behind one session. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly username: string;
  /** Role keys. */
  readonly roles: readonly string[];
  /** Groups that the roles give; they open channels. */
  readonly groups: readonly string[];
  /** Highest level among the roles; nobody acts upon anyone at or above their own. */
  readonly level: number;
  readonly permissions: ReadonlySet<Permission>;
  readonly via: 'cookie' | 'bearer';
}

/** What every use case gets as its first argument. Immutable: a changed circumstance is a new context. */
export interface RequestContext {
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly locale: Locale;
  /** Address of the client as seen through trusted proxies; `local` for jobs. */
  readonly address: string;
  /** At most 400 characters. */
  readonly userAgent: string;
}

/** The context of a job, a start-up step or a test: nobody is signed in. `name` shows in logs and the audit. */
export function systemContext(name: string, locale: Locale = 'ru'): RequestContext {
  return {
    requestId: `${name}-${randomUUID()}`,
    principal: null,
    locale,
    address: 'local',
    userAgent: `besedka/${name}`,
  };
}

/** The same request on behalf of a principal. */
export function withPrincipal(ctx: RequestContext, principal: Principal | null): RequestContext {
  return { ...ctx, principal };
}

/**
 * The principal of a context that must have one, e.g. in a service behind `@SignedIn()`.
 * @throws Error (a fault in the program, not an answer) when nobody is signed in
 */
export function principalOf(ctx: RequestContext): Principal {
  if (ctx.principal === null) throw new Error('a signed-in context is needed here');
  return ctx.principal;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Made when the request arrives, replaced once by the access guard when somebody is signed in. */
    ctx: RequestContext;
  }
}

/** Parameter of a controller method: the context of this request. */
export const Ctx = createParamDecorator((_data: unknown, execution: ExecutionContext): RequestContext => {
  return execution.switchToHttp().getRequest<{ ctx: RequestContext }>().ctx;
});
