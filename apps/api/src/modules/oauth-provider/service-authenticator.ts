import type { OAuthScope } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import type { ServiceAuthenticator } from '../../common/access/authenticator.js';
import type { Principal } from '../../common/context/request-context.js';
import { TokenLookup } from './token-lookup.js';

/** Lets an application with a token of its own (client credentials) call what is open to its scope, and nothing else. */
@Injectable()
export class TokenServiceAuthenticator implements ServiceAuthenticator {
  constructor(private readonly tokens: TokenLookup) {}

  async authenticateService(token: string, scope: OAuthScope): Promise<Principal | null> {
    const live = await this.tokens.find(token);
    // A person's token says who they are to the application; it does not act for them here.
    if (live === null || live.identity !== null || !live.scopes.includes(scope)) return null;
    return {
      userId: live.clientKey,
      sessionId: live.grantId,
      username: live.clientId.slice(0, 32),
      roles: [],
      groups: [],
      level: 0,
      permissions: new Set(),
      via: 'bearer',
    };
  }
}
