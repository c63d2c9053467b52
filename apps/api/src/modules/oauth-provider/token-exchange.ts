import { type OAuthGrantType, OAUTH_SCOPE_NAMES, SERVICE_SCOPES } from '@besedka/contracts';
import type OAuth2Server from '@node-oauth/oauth2-server';
import type { RequestContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import type { OAuthClientRecord } from './clients.service.js';
import { narrowScopes } from './authorize-request.js';
import type { DeviceCodes } from './device-codes.js';
import type { GrantRow, GrantsRepository } from './grants.repository.js';
import { OAuthError } from './oauth-errors.js';
import type { ReplayedGrants } from './replayed-grants.js';
import { scopeMask, type SealedTokens } from './sealed-tokens.js';

type Scopes = GrantRow['scopes'];

export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly refreshGraceSeconds: number;
}

export interface ExchangeTools {
  readonly grants: GrantsRepository;
  readonly devices: DeviceCodes;
  readonly replayed: ReplayedGrants;
  readonly tokens: SealedTokens;
  readonly lifetimes: Lifetimes;
  /** The id token that goes with an access token, for grants with the scope `openid`. */
  readonly idToken: (
    client: OAuthClientRecord,
    grant: GrantRow,
    token: { value: string; scopes: Scopes },
  ) => Promise<string>;
}

/**
 * One request to the token endpoint, as the library's model: it knows the client (already authenticated) and remembers which grant
 * the request is about. The library owns the order of the checks; every storage step is one statement.
 */
export class TokenExchange {
  /** The grant that was found; what is left of it when the exchange fails is the caller's business. */
  grant: GrantRow | null = null;
  private readonly asLibraryClient: OAuth2Server.Client;

  constructor(
    private readonly client: OAuthClientRecord,
    private readonly tools: ExchangeTools,
    private readonly ctx: RequestContext,
    /** What the request asks for, when it does. */
    private readonly askedScope: string | null = null,
  ) {
    this.asLibraryClient = { id: client.id, grants: [...client.grantTypes] };
  }

  getClient = (): Promise<OAuth2Server.Client> => Promise.resolve(this.asLibraryClient);

  /** Burns the code: it is worth nothing afterwards, whatever else the library finds wrong. */
  getAuthorizationCode = async (code: string): Promise<OAuth2Server.AuthorizationCode | null> => {
    const id = this.tools.tokens.readCode(code);
    if (id === null) return null;
    this.grant = await this.tools.grants.useCode(id, this.lifeSeconds());
    if (this.grant === null) {
      await this.tools.replayed.code(this.ctx, id);
      return null;
    }
    const { scopes, redirectUri, codeChallenge, codeExpiresAt } = this.grant;
    return {
      authorizationCode: code,
      expiresAt: codeExpiresAt ?? new Date(0),
      redirectUri: redirectUri ?? '',
      scope: [...scopes],
      client: this.clientOf(this.grant),
      user: userOf(this.grant),
      ...(codeChallenge !== null && { codeChallenge, codeChallengeMethod: 'S256' }),
    };
  };

  /** Done already, by the statement that found it. */
  revokeAuthorizationCode = (): Promise<boolean> => Promise.resolve(true);

  /** Rotates at once; a token one generation back gets the same successor while the grace window lasts. */
  getRefreshToken = async (refreshToken: string): Promise<OAuth2Server.RefreshToken | null> => {
    const { tokens, grants, lifetimes, replayed } = this.tools;
    const claim = tokens.readRefreshToken(refreshToken);
    if (claim === null) return null;
    const { grantId, generation } = claim;
    await this.assertNotRaised(grantId, generation);
    this.grant = await grants.rotate(grantId, this.client.id, generation, this.lifeSeconds());
    if (this.grant === null) {
      const state = await grants.state(grantId, lifetimes.refreshGraceSeconds);
      if (state === null || !state.live || state.clientId !== this.client.id) return null;
      if (state.generation !== generation + 1 || !state.inGrace) {
        await replayed.refreshToken(this.ctx, grantId, state);
        return null;
      }
      this.grant = await grants.byId(grantId);
      // Rotated once more in between: the successor is not the current one any more.
      if (this.grant?.generation !== state.generation) return null;
    }
    return {
      refreshToken,
      scope: [...this.grant.scopes],
      client: this.clientOf(this.grant),
      user: userOf(this.grant),
    };
  };

  /** Done already, by the statement that rotated it. */
  revokeToken = (): Promise<boolean> => Promise.resolve(true);

  /** An application by itself: nobody is behind it. */
  getUserFromClient = (): Promise<OAuth2Server.User> => Promise.resolve({ id: this.client.id });

  /** The tokens of a device that somebody has allowed. @throws OAuthError as RFC 8628 3.5 words it */
  saveDeviceToken = async (deviceCode: string): Promise<OAuth2Server.Token> => {
    const grant = await this.tools.devices.use(deviceCode, this.client.id, this.lifeSeconds());
    this.grant = grant;
    return this.tokensOf(grant, grant.scopes);
  };

  /** A service asks for what it is registered for, and for nothing of a person's; a person's grant has its scopes already. */
  validateScope = (_user: OAuth2Server.User, _client: OAuth2Server.Client, scope?: string[]): Promise<string[]> => {
    if (this.grant !== null) return Promise.resolve(scope ?? [...this.grant.scopes]);
    const own = this.client.scopes.filter((name) => (SERVICE_SCOPES as readonly string[]).includes(name));
    return Promise.resolve(narrowScopes(scope?.join(' ') ?? null, own));
  };

  /** Makes the tokens; for a service also the grant. */
  saveToken = async (token: OAuth2Server.Token): Promise<OAuth2Server.Token> => {
    const scopes = OAUTH_SCOPE_NAMES.filter((name) => token.scope?.includes(name) === true);
    const grant = this.grant ?? (await this.newServiceGrant(scopes));
    return this.tokensOf(grant, scopes);
  };

  /** Tokens are derived when the grant is known; the library would draw random ones for nothing. */
  generateAccessToken = (): Promise<string> => Promise.resolve('derived');
  generateRefreshToken = (): Promise<string> => Promise.resolve('derived');

  getAccessToken = (): Promise<null> => Promise.resolve(null);
  saveAuthorizationCode = (): Promise<null> => Promise.resolve(null);

  private async tokensOf(grant: GrantRow, scopes: Scopes): Promise<OAuth2Server.Token> {
    const { tokens, lifetimes, idToken } = this.tools;
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = issuedAt + lifetimes.accessTokenSeconds;
    const accessToken = tokens.accessToken({
      grantId: grant.id,
      issuedAt,
      expiresAt,
      scopeMask: scopeMask(grant.scopes, scopes),
    });
    return {
      accessToken,
      accessTokenExpiresAt: new Date(expiresAt * 1000),
      scope: [...scopes],
      client: this.asLibraryClient,
      user: userOf(grant),
      expires_in: lifetimes.accessTokenSeconds,
      ...(grant.userId !== null &&
        this.may('refresh_token') && {
          refreshToken: tokens.refreshToken({ grantId: grant.id, generation: grant.generation }),
        }),
      ...(grant.userId !== null &&
        scopes.includes('openid') && { id_token: await idToken(this.client, grant, { value: accessToken, scopes }) }),
    };
  }

  /**
   * More than was granted is refused before anything is rotated (RFC 6749 6): the library would notice afterwards, and a token that was
   * used up in vain would later look like a replay. @throws OAuthError `invalid_scope`
   */
  private async assertNotRaised(grantId: string, generation: number): Promise<void> {
    if (this.askedScope === null) return;
    const grant = await this.tools.grants.byId(grantId);
    if (grant?.clientId !== this.client.id || grant.generation !== generation) return;
    const granted: readonly string[] = grant.scopes;
    if (this.askedScope.split(' ').some((name) => !granted.includes(name))) {
      throw new OAuthError('invalid_scope', 'The scope goes beyond what was granted.');
    }
  }

  private newServiceGrant(scopes: Scopes): Promise<GrantRow> {
    return this.tools.grants.insertForService(
      { id: newId(), clientId: this.client.id, scopes },
      this.tools.lifetimes.accessTokenSeconds,
    );
  }

  /** Until the last token that may come of the grant has expired. */
  private lifeSeconds(): number {
    const { accessTokenSeconds, refreshTokenSeconds } = this.tools.lifetimes;
    return this.may('refresh_token') ? Math.max(refreshTokenSeconds, accessTokenSeconds) : accessTokenSeconds;
  }

  private may(grantType: OAuthGrantType): boolean {
    return this.client.grantTypes.includes(grantType);
  }

  /** Another client's grant keeps its own id, which the library then refuses. */
  private clientOf(grant: GrantRow): OAuth2Server.Client {
    return { ...this.asLibraryClient, id: grant.clientId };
  }
}

const userOf = (grant: GrantRow): OAuth2Server.User => ({ id: grant.userId ?? grant.clientId });
