import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { z } from 'zod';
import type { AccessToken, Authenticator } from '../../common/access/authenticator.js';
import type { Principal } from '../../common/context/request-context.js';
import { AppConfig } from '../../config/app-config.js';
import { deriveKey } from './keys.js';
import { PrincipalQuery } from './principal.query.js';

/** What the strategy is handed instead of an HTTP request: sockets authenticate by the same code. */
interface Carrier {
  readonly token: AccessToken;
}

const claims = z.object({ sub: z.uuid(), sid: z.uuid() });

/** Passport's JWT strategy: checks signature and expiry of an access token, then asks who is behind it. */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    config: AppConfig,
    private readonly principals: PrincipalQuery,
  ) {
    super({
      jwtFromRequest: (carrier: unknown) => (carrier as Carrier).token.value,
      // As a key object: from bytes, the JWT library would first try to read a public key, at every request.
      secretOrKey: createSecretKey(deriveKey(config.auth.secret, 'access-token')) as unknown as Buffer,
      algorithms: ['HS256'],
      passReqToCallback: true,
    });
  }

  /** Called by Passport with a token that is genuine and alive. */
  override async validate(carrier: Carrier, payload: unknown): Promise<Principal | null> {
    const parsed = claims.safeParse(payload);
    return parsed.success ? this.principals.find(parsed.data.sub, parsed.data.sid, carrier.token.via) : null;
  }
}

/** The access layer's port on top of the strategy. */
@Injectable()
export class JwtAuthenticator implements Authenticator {
  constructor(private readonly strategy: JwtStrategy) {}

  authenticate(token: AccessToken): Promise<Principal | null> {
    return new Promise((resolve, reject) => {
      // A strategy reports through methods that its caller puts on a copy for each request, as passport.authenticate() does.
      const run = Object.assign(Object.create(this.strategy) as JwtStrategy, {
        success: (principal: Principal) => resolve(principal),
        fail: () => resolve(null),
        // As it was thrown: its code tells a database that is away from a fault of ours.
        error: (error: Error) => reject(error),
      });
      const carrier: Carrier = { token };
      // passport-jwt reads its request only through `jwtFromRequest` above.
      run.authenticate(carrier as unknown as Parameters<Strategy['authenticate']>[0]);
    });
  }
}
