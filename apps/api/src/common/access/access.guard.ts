import type { OAuthScope } from '@besedka/contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/app-config.js';
import { type Principal, withPrincipal } from '../context/request-context.js';
import { AppError } from '../errors/app-error.js';
import { GeneralLimit } from '../rate-limit/general-limit.js';
import { checkAccess } from './access-check.js';
import { ACCESS_KEY, type Access, SERVICE_SCOPE_KEY } from './access.decorators.js';
import {
  type AccessToken,
  AUTHENTICATOR,
  type Authenticator,
  SERVICE_AUTHENTICATOR,
  type ServiceAuthenticator,
} from './authenticator.js';
import { accessTokenOf } from './cookies.js';
import { assertSameSite } from './csrf.js';
import { isFromRocketChat } from './rocketchat-gate.js';

/** Deny by default: a handler without an access declaration is refused, whoever asks. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly modules: ModuleRef,
    private readonly config: AppConfig,
    private readonly limit: GeneralLimit,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS_KEY, execution.getHandler());
    if (execution.getType() !== 'http') {
      // Sockets are authenticated when they connect; the gateway keeps the principal on the connection.
      const data: { principal?: Principal | null } = execution.switchToWs().getClient<{ data: object }>().data;
      checkAccess(access, data.principal ?? null);
      return true;
    }
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    this.limit.assertNotRefusedTooOften(request);
    try {
      await this.check(request, access, this.reflector.get(SERVICE_SCOPE_KEY, execution.getHandler()));
    } catch (error) {
      if (error instanceof AppError && (error.status === 401 || error.status === 403)) this.limit.refused(request);
      throw error;
    }
    return true;
  }

  private async check(
    request: FastifyRequest,
    access: Access | undefined,
    serviceScope: OAuthScope | undefined,
  ): Promise<void> {
    this.assertOrigin(request, access);
    if (access !== undefined && !(access.kind === 'public' && access.principal === 'none')) {
      const token = accessTokenOf(request, this.config.auth.cookies);
      if (token !== null) request.ctx = withPrincipal(request.ctx, await this.authenticate(token, serviceScope));
    }
    checkAccess(access, request.ctx.principal);
  }

  private assertOrigin(request: FastifyRequest, access: Access | undefined): void {
    if (access?.kind === 'public' && access.crossSite === true) return;
    if (access?.kind !== 'public' || access.from !== 'rocketchat') return assertSameSite(request, this.config);
    // The gate has refused it before; a route without the gate must not be open for that.
    if (!isFromRocketChat(request, this.config)) throw new AppError('csrf_rejected');
  }

  private async authenticate(token: AccessToken, serviceScope: OAuthScope | undefined): Promise<Principal | null> {
    // Looked up late and everywhere: the modules that implement the ports build upon this one.
    const find = <T>(port: symbol): T => this.modules.get<T>(port, { strict: false });
    // A session's token is a JWT; an application's has no dot.
    if (serviceScope !== undefined && token.via === 'bearer' && !token.value.includes('.')) {
      return find<ServiceAuthenticator>(SERVICE_AUTHENTICATOR).authenticateService(token.value, serviceScope);
    }
    return find<Authenticator>(AUTHENTICATOR).authenticate(token);
  }
}
