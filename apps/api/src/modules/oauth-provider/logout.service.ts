import { Injectable } from '@nestjs/common';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { readAccessToken } from '../auth/read-access-token.js';
import { type AccessClaims, SessionsService } from '../auth/sessions.service.js';
import { AuthorizePageError, AuthorizeQuery, type PageFault } from './authorize-request.js';
import { ClientsService } from './clients.service.js';
import { type IdTokenHint, IdTokensService } from './id-tokens.service.js';
import { withParameters } from './redirect-uris.js';

/** Where nobody is signed in and nothing else was asked for. */
const LOGIN_PAGE = '/login';
const CONFIRM_PAGE = '/oauth/logout';

export type LogoutFault = PageFault | 'logout_uri_mismatch';

export type LogoutOutcome =
  /** `signedOut`: the browser's cookies open nothing any more. */
  | { readonly kind: 'redirect'; readonly location: string; readonly signedOut: boolean }
  | { readonly kind: 'page'; readonly fault: LogoutFault };

/** A request that may be answered: where the person goes afterwards, and whose sign-in the application means. */
interface Verified {
  readonly target: string;
  readonly hint: IdTokenHint | null;
}

class LogoutFaultError extends Error {
  constructor(readonly fault: LogoutFault) {
    super(fault);
  }
}

/**
 * RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0). An application that proves by an id token that it means this very
 * sign-in ends it at once; everybody else only gets the person asked. Nobody is sent to an address that is not registered.
 */
@Injectable()
export class LogoutService {
  private readonly secret: string;

  constructor(
    private readonly clients: ClientsService,
    private readonly idTokens: IdTokensService,
    private readonly sessions: SessionsService,
    config: AppConfig,
  ) {
    this.secret = config.auth.secret;
  }

  /**
   * Answers a logout request of an application.
   * @param rawQuery the query string as it stood in the address
   * @param accessCookie what the browser holds, expired or not; null when it holds nothing
   */
  async request(ctx: RequestContext, rawQuery: string, accessCookie: string | null): Promise<LogoutOutcome> {
    let verified: Verified;
    try {
      verified = await this.verify(rawQuery);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      return { kind: 'page', fault };
    }
    const { hint, target } = verified;
    const session = await this.liveSession(accessCookie);
    if (session === null) return { kind: 'redirect', location: target, signedOut: true };
    if (hint === null || hint.sessionId !== session.sid || hint.userId !== session.sub) {
      // Somebody else's sign-in, an older one, or a mere link: only the person can say that they want it (section 2).
      return {
        kind: 'redirect',
        location: rawQuery === '' ? CONFIRM_PAGE : `${CONFIRM_PAGE}?${rawQuery}`,
        signedOut: false,
      };
    }
    await this.sessions.end(ctx, session.sub, session.sid, 'signed_out');
    return { kind: 'redirect', location: target, signedOut: true };
  }

  /**
   * The person has confirmed: ends the session of the request, whatever the application could prove.
   * @returns where to go
   * @throws AppError `oauth_request_invalid`
   */
  async confirmed(ctx: RequestContext, rawQuery: string): Promise<string> {
    const { userId, sessionId } = principalOf(ctx);
    let target: string;
    try {
      ({ target } = await this.verify(rawQuery));
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      throw new AppError('oauth_request_invalid', { data: { reason: fault } });
    }
    await this.sessions.end(ctx, userId, sessionId, 'signed_out');
    return target;
  }

  /** @throws AuthorizePageError, LogoutFaultError */
  private async verify(rawQuery: string): Promise<Verified> {
    const query = AuthorizeQuery.parse(rawQuery);
    const token = query.get('id_token_hint');
    const hint = token === null ? null : await this.idTokens.verifyHint(token);
    const named = query.get('client_id');
    // "the OP MUST verify that the Client Identifier matches the one used when issuing the ID Token" (section 2)
    if (hint !== null && named !== null && hint.clientId !== named) throw new LogoutFaultError('unknown_client');
    const uri = query.get('post_logout_redirect_uri');
    const clientId = hint?.clientId ?? named;
    if (uri === null) return { target: LOGIN_PAGE, hint };
    if (clientId === null) throw new LogoutFaultError('logout_uri_mismatch');
    const client = await this.clients.findByClientId(clientId);
    if (client === null) throw new LogoutFaultError('unknown_client');
    if (!client.enabled) throw new LogoutFaultError('client_disabled');
    if (!client.postLogoutRedirectUris.includes(uri)) throw new LogoutFaultError('logout_uri_mismatch');
    const target = query.rawState === null ? uri : withParameters(uri, {}, { state: query.rawState });
    return { target, hint };
  }

  /** The session that the browser holds, if it still lives. */
  private async liveSession(accessCookie: string | null): Promise<AccessClaims | null> {
    const session = accessCookie === null ? null : await readAccessToken(this.secret, accessCookie);
    if (session === null) return null;
    return (await this.sessions.beganAt(session.sid)) === null ? null : session;
  }
}

function faultOf(error: unknown): LogoutFault | null {
  return error instanceof AuthorizePageError || error instanceof LogoutFaultError ? error.fault : null;
}
