import { DEVICE_CODE_GRANT, OAUTH_GRANT_TYPES, type OAuthScope } from '@besedka/contracts';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppConfig } from '../../config/app-config.js';
import { Database } from '../../database/database.js';
import type { OAuthClientRecord } from './clients.service.js';
import { DeviceCodes } from './device-codes.js';
import type { FormBody } from './form-body.js';
import { endGrants } from './grant-ending.js';
import { type GrantRow, GrantsRepository } from './grants.repository.js';
import { IdTokensService } from './id-tokens.service.js';
import { claimsFor } from './identity.js';
import { OAuthError, type OAuthErrorCode } from './oauth-errors.js';
import { ReplayedGrants } from './replayed-grants.js';
import { SealedTokens } from './sealed-tokens.js';
import { type ExchangeTools, TokenExchange } from './token-exchange.js';
import { TokenLookup } from './token-lookup.js';

/** What the library says in words of its own; people get ours, codes stay the protocol's. */
const DESCRIPTIONS: Partial<Record<string, string>> = {
  invalid_grant: 'The code or token is not valid, was used before, has expired, or belongs to something else.',
  unsupported_grant_type: 'This grant type is not supported.',
  unauthorized_client: 'This application may not use this grant type.',
  invalid_scope: 'The scope goes beyond what was granted.',
};

/** `POST /o/token/` behind the authentication of the client: the library runs the grants on a model of one request. */
@Injectable()
export class TokenService {
  private readonly tools: ExchangeTools;

  constructor(
    grants: GrantsRepository,
    devices: DeviceCodes,
    replayed: ReplayedGrants,
    private readonly lookup: TokenLookup,
    private readonly idTokens: IdTokensService,
    private readonly database: Database,
    config: AppConfig,
  ) {
    this.tools = {
      grants,
      devices,
      replayed,
      tokens: new SealedTokens(config.auth.secret),
      lifetimes: {
        accessTokenSeconds: config.oauth.accessTokenSeconds,
        refreshTokenSeconds: config.oauth.refreshTokenDays * 86_400,
        refreshGraceSeconds: config.auth.refreshGraceSeconds,
      },
      idToken: (client, grant, token) => this.idToken(client, grant, token),
    };
  }

  /** @returns the body of the answer (RFC 6749 5.1) @throws OAuthError (5.2) */
  async exchange(ctx: RequestContext, client: OAuthClientRecord, body: FormBody): Promise<Record<string, unknown>> {
    // The library would look for a client of its own first, and its list is longer than ours.
    if (!(OAUTH_GRANT_TYPES as readonly string[]).includes(body.need('grant_type'))) {
      throw new OAuthError('unsupported_grant_type', 'This grant type is not supported.');
    }
    const exchange = new TokenExchange(client, this.tools, ctx, body.get('scope'));
    const { accessTokenSeconds, refreshTokenSeconds } = this.tools.lifetimes;
    const library = new OAuth2Server({ model: exchange });
    const response = new OAuth2Server.Response();
    try {
      await library.token(requestOf(client, body), response, {
        accessTokenLifetime: accessTokenSeconds,
        refreshTokenLifetime: refreshTokenSeconds,
        allowExtendedTokenAttributes: true,
        // Authenticated already, in every way that the protocol knows.
        requireClientAuthentication: NO_SECOND_AUTHENTICATION,
        ...(body.get('grant_type') === DEVICE_CODE_GRANT && {
          extendedGrantTypes: { [DEVICE_CODE_GRANT]: deviceGrantOf(exchange) },
        }),
      });
    } catch (error) {
      // A failed exchange burns the code, and nothing may be left that looks alive.
      if (exchange.grant !== null && body.get('grant_type') === 'authorization_code') {
        await endGrants(this.database, { id: exchange.grant.id }, 'failed_exchange');
      }
      throw toOAuthError(error);
    }
    return response.body as Record<string, unknown>;
  }

  private async idToken(
    client: OAuthClientRecord,
    grant: GrantRow,
    token: { value: string; scopes: readonly OAuthScope[] },
  ): Promise<string> {
    const identity = await this.lookup.identity(grant.userId ?? '');
    if (identity === null) throw new OAuthError('invalid_grant', 'The person may not sign in any more.');
    return this.idTokens.sign({
      client,
      userId: identity.userId,
      sessionId: grant.sessionId ?? '',
      authTime: grant.authTime ?? new Date(),
      nonce: grant.nonce,
      accessToken: token.value,
      claims: claimsFor(identity, token.scopes),
    });
  }
}

const NO_SECOND_AUTHENTICATION = {
  authorization_code: false,
  refresh_token: false,
  client_credentials: false,
  [DEVICE_CODE_GRANT]: false,
};

/** The request as the library reads it; credentials stay behind. */
function requestOf(client: OAuthClientRecord, body: FormBody): OAuth2Server.Request {
  const { client_secret: _secret, ...rest } = body.toObject();
  const parameters = { ...rest, client_id: client.clientId };
  return new OAuth2Server.Request({
    method: 'POST',
    query: {},
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(new URLSearchParams(parameters).toString().length),
    },
    body: parameters,
  });
}

/** RFC 8628 3.4 as a grant type of the library. */
function deviceGrantOf(exchange: TokenExchange): typeof OAuth2Server.AbstractGrantType {
  return class DeviceCodeGrant extends OAuth2Server.AbstractGrantType {
    override async handle(request: OAuth2Server.Request): Promise<OAuth2Server.Token> {
      const { device_code: deviceCode } = request.body as Record<string, string | undefined>;
      if (deviceCode === undefined) throw new OAuthError('invalid_request', 'The parameter device_code is missing.');
      return exchange.saveDeviceToken(deviceCode);
    }
  };
}

/** The library wraps what it does not know; underneath lies our own error or a fault that is no protocol matter. */
function toOAuthError(error: unknown): unknown {
  if (!(error instanceof OAuth2Server.OAuthError)) return error;
  const inner = (error as { inner?: unknown }).inner;
  if (error.name === 'server_error') return inner ?? error;
  // RFC 6749 5.2 has a redirect URI "that does not match" among the faults of a grant.
  const code = error.message.endsWith('`redirect_uri` is invalid') ? 'invalid_grant' : error.name;
  return new OAuthError(code as OAuthErrorCode, DESCRIPTIONS[code] ?? error.message);
}
