import { type OAuthScope, PERSON_SCOPES } from '@besedka/contracts';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Injectable } from '@nestjs/common';
import type { Principal, RequestContext } from '../../common/context/request-context.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { AuditService } from '../audit/audit.service.js';
import { SessionsService } from '../auth/sessions.service.js';
import {
  AuthorizePageError,
  AuthorizeQuery,
  type AuthorizeRequest,
  type PageFault,
  readAuthorizeRequest,
} from './authorize-request.js';
import { ClientsService, type OAuthClientRecord } from './clients.service.js';
import { ConsentsService } from './consents.service.js';
import { GrantsRepository } from './grants.repository.js';
import { IdTokensService } from './id-tokens.service.js';
import { LoopBreaker } from './loop-breaker.js';
import { OAuthError } from './oauth-errors.js';
import { isRedirectUriOf, withParameters } from './redirect-uris.js';
import { type Resume, ResumeMarkers } from './resume-marker.js';
import { SealedTokens } from './sealed-tokens.js';

/** RFC 9700 and the product: short, because it is used at once. */
const CODE_SECONDS = 60;
/** Clocks of the database and of this process may differ by so much. */
const CLOCK_SKEW_MS = 5_000;
export const AUTHORIZE_PATH = '/o/authorize/';

const PERSON: ReadonlySet<string> = new Set(PERSON_SCOPES);

/** What is known about the browser that asks. */
export interface Visitor {
  readonly principal: Principal | null;
  /** It carries a session cookie that does not open anything: expired, perhaps to be refreshed. */
  readonly staleCookie: boolean;
  /** It has just been to the refresh address for this request. */
  readonly continued: boolean;
  /** A person's browser navigates, in contrast to a program that asks. */
  readonly navigates: boolean;
}

export type AuthorizeOutcome =
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'page'; readonly fault: PageFault }
  | { readonly kind: 'loop'; readonly goOn: string };

/** A request whose client and redirect URI belong together; from here on errors may go to the redirect URI. */
interface Verified {
  readonly query: AuthorizeQuery;
  readonly client: OAuthClientRecord;
  readonly redirectUri: string;
}

/** `GET /o/authorize/`: from the question of an application to a code, a page, or an error at the redirect URI. */
@Injectable()
export class AuthorizeService {
  private readonly tokens: SealedTokens;
  private readonly markers: ResumeMarkers;
  private readonly loops: LoopBreaker;
  /** The same in every answer: whose answer it is (RFC 9207). */
  private readonly issuer: string;

  constructor(
    private readonly clients: ClientsService,
    private readonly consents: ConsentsService,
    private readonly grants: GrantsRepository,
    private readonly sessions: SessionsService,
    private readonly idTokens: IdTokensService,
    private readonly audit: AuditService,
    config: AppConfig,
  ) {
    this.tokens = new SealedTokens(config.auth.secret);
    this.markers = new ResumeMarkers(config.auth.secret);
    this.loops = new LoopBreaker(config.oauth.loopLimit);
    this.issuer = config.http.publicUrl;
  }

  /** Answers an authorize request. @param rawQuery the query string as it stood in the address */
  async authorize(ctx: RequestContext, rawQuery: string, visitor: Visitor): Promise<AuthorizeOutcome> {
    let verified: Verified;
    try {
      verified = await this.verify(rawQuery);
    } catch (error) {
      if (error instanceof AuthorizePageError) return { kind: 'page', fault: error.fault };
      throw error;
    }
    try {
      return await this.answer(ctx, verified, visitor);
    } catch (error) {
      if (error instanceof OAuthError) return this.refuse(verified, error);
      throw error;
    }
  }

  /** What the consent page shows. @throws AuthorizePageError, OAuthError for a request that cannot be answered */
  async consentRequest(rawQuery: string): Promise<Verified & { scopes: readonly OAuthScope[] }> {
    const verified = await this.verify(rawQuery);
    return { ...verified, scopes: readAuthorizeRequest(verified.query, asPersonClient(verified.client)).scopes };
  }

  /** Where a person goes who said yes: back to the request, with a note that they did. */
  resumeAfterConsent({ query }: Verified, userId: string): string {
    const before = this.markers.read(query.raw, query.resume);
    return this.resumed(query.raw, { loginAskedAt: before?.loginAskedAt ?? 0, consentBy: userId });
  }

  /** Where a person goes who said no. */
  refusal(verified: Verified): string {
    return this.errorLocation(verified, new OAuthError('access_denied', 'The person did not allow it.'));
  }

  /** Client and redirect URI first: until both are known to belong together, nothing is sent anywhere (RFC 6749 4.1.2.1). */
  private async verify(rawQuery: string): Promise<Verified> {
    const query = AuthorizeQuery.parse(rawQuery);
    const clientId = query.get('client_id');
    const client = clientId === null ? null : await this.clients.findByClientId(clientId);
    if (client === null) throw new AuthorizePageError('unknown_client');
    if (!client.enabled) throw new AuthorizePageError('client_disabled');
    const redirectUri = query.get('redirect_uri');
    if (redirectUri === null) throw new AuthorizePageError('redirect_uri_missing');
    if (!isRedirectUriOf(client, redirectUri)) throw new AuthorizePageError('redirect_uri_mismatch');
    return { query, client, redirectUri };
  }

  private async answer(ctx: RequestContext, verified: Verified, visitor: Visitor): Promise<AuthorizeOutcome> {
    const { query, client } = verified;
    const request = readAuthorizeRequest(query, asPersonClient(client));
    const silent = request.prompts.has('none');
    const resume = this.markers.read(query.raw, query.resume);
    const { principal } = visitor;
    const expected = await this.expectedPerson(query, client);
    if (principal === null) {
      if (visitor.staleCookie && !visitor.continued) return redirect(this.refreshLocation(verified, resume));
      if (silent) throw new OAuthError('login_required', 'Nobody is signed in.');
      return redirect(this.loginLocation(verified, request, resume));
    }
    if (expected !== null && expected !== principal.userId) {
      // Asked once, they signed in as somebody else again.
      if (silent || (resume?.loginAskedAt ?? 0) > 0) {
        throw new OAuthError('login_required', 'Somebody else is signed in than id_token_hint names.');
      }
      return redirect(this.loginLocation(verified, request, resume));
    }
    if (await this.mustSignInAnew(principal, request, resume)) {
      if (silent) throw new OAuthError('login_required', 'The person has to sign in again.');
      return redirect(this.loginLocation(verified, request, resume));
    }
    if (await this.needsConsent(principal, verified, request, resume)) {
      if (silent) throw new OAuthError('consent_required', 'The person has not allowed this yet.');
      return redirect(`/oauth/consent?${withMarker(query.raw, query.resume)}`);
    }
    // A return from one of our own pages is no new attempt, and what nobody sees (prompt=none) gets no page.
    if (visitor.navigates && !silent && resume === null && this.loops.isLoop(principal.sessionId, client.id)) {
      this.loops.forget(principal.sessionId, client.id);
      await this.audit.recordNow(ctx, 'oauth.loop-broken', client.id, { clientId: client.clientId });
      return { kind: 'loop', goOn: this.resumed(query.raw, { loginAskedAt: 0, consentBy: null }) };
    }
    return this.issue(verified, request, principal);
  }

  /** Whom `id_token_hint` names (OpenID Connect Core 3.1.2.1): nobody else may be answered for. @throws OAuthError */
  private async expectedPerson(query: AuthorizeQuery, client: OAuthClientRecord): Promise<string | null> {
    const token = query.get('id_token_hint');
    if (token === null) return null;
    const hint = await this.idTokens.verifyHint(token);
    if (hint?.clientId !== client.clientId) {
      throw new OAuthError('invalid_request', 'id_token_hint is no id token of this application.');
    }
    return hint.userId;
  }

  /**
   * First-party applications never ask; others once, and again for more, or when they want to (F19). A public one whose redirect URI
   * any program on the device could answer asks each time: nobody knows that it is the same one (RFC 8252 8.6).
   */
  private async needsConsent(
    principal: Principal,
    { client, redirectUri }: Verified,
    request: AuthorizeRequest,
    resume: Resume | null,
  ): Promise<boolean> {
    if (client.firstParty) return false;
    const unsure = client.kind === 'public' && !redirectUri.startsWith('https://');
    if ((unsure || request.prompts.has('consent')) && resume?.consentBy !== principal.userId) return true;
    return !(await this.consents.covers(principal.userId, client.id, request.scopes));
  }

  /** `prompt=login`, `select_account` and `max_age` (OpenID Connect Core 3.1.2.1, 3.1.2.3). */
  private async mustSignInAnew(
    principal: Principal,
    request: AuthorizeRequest,
    resume: Resume | null,
  ): Promise<boolean> {
    const asked = request.prompts.has('login') || request.prompts.has('select_account');
    if (!asked && request.maxAge === null) return false;
    const authTime = (await this.sessions.beganAt(principal.sessionId))?.getTime() ?? 0;
    if (resume !== null && resume.loginAskedAt > 0) return authTime < resume.loginAskedAt - CLOCK_SKEW_MS;
    return asked || authTime < Date.now() - (request.maxAge ?? 0) * 1000;
  }

  private async issue(verified: Verified, request: AuthorizeRequest, principal: Principal): Promise<AuthorizeOutcome> {
    const { query, client, redirectUri } = verified;
    const id = newId();
    const saved = { live: true };
    const library = new OAuth2Server({
      model: {
        getClient: () =>
          Promise.resolve({ id: client.id, grants: [...client.grantTypes], redirectUris: [redirectUri] }),
        validateRedirectUri: () => Promise.resolve(true),
        validateScope: () => Promise.resolve([...request.scopes]),
        generateAuthorizationCode: () => Promise.resolve(this.tokens.code(id)),
        saveAuthorizationCode: async (code, of, user) => {
          saved.live = await this.grants.insertCode(
            {
              id,
              clientId: client.id,
              userId: principal.userId,
              sessionId: principal.sessionId,
              scopes: request.scopes,
              redirectUri,
              codeChallenge: request.codeChallenge,
              nonce: request.nonce,
              needsConsent: !client.firstParty,
            },
            CODE_SECONDS,
          );
          return { ...code, client: of, user };
        },
        // Not part of this endpoint.
        getAuthorizationCode: () => Promise.resolve(null),
        revokeAuthorizationCode: () => Promise.resolve(false),
        getAccessToken: () => Promise.resolve(null),
        saveToken: () => Promise.resolve(null),
      },
    });
    // The library reads a request of its own kind: what was verified above, and not what else stood in the address.
    const question = new OAuth2Server.Request({
      method: 'GET',
      headers: {},
      query: {
        client_id: client.clientId,
        response_type: 'code',
        scope: request.scopes.join(' '),
        ...(request.codeChallenge !== null && {
          code_challenge: request.codeChallenge,
          code_challenge_method: 'S256',
        }),
      },
    });
    const code = await library.authorize(question, new OAuth2Server.Response(), {
      authenticateHandler: { handle: () => ({ id: principal.userId }) },
      allowEmptyState: true,
      authorizationCodeLifetime: CODE_SECONDS,
    });
    // The sign-in or the consent was taken back in this very moment: asked again, both are seen.
    if (!saved.live) return redirect(`${AUTHORIZE_PATH}?${query.raw}`);
    return redirect(withParameters(redirectUri, { code: code.authorizationCode, iss: this.issuer }, stateOf(query)));
  }

  /** The sign-in page, which comes back to the request by itself (F18). */
  private loginLocation({ query }: Verified, request: AuthorizeRequest, resume: Resume | null): string {
    const next = this.resumed(query.raw, { loginAskedAt: Date.now(), consentBy: resume?.consentBy ?? null });
    const hint = request.loginHint === null ? '' : `&login_hint=${encodeURIComponent(request.loginHint)}`;
    return `/login?next=${encodeURIComponent(next)}${hint}`;
  }

  /** The one address that may read the refresh cookie; it comes back whether that helped or not. */
  private refreshLocation({ query }: Verified, resume: Resume | null): string {
    const marker = resume === null ? null : query.resume;
    const back = `${AUTHORIZE_PATH}?${withMarker(query.raw, marker)}&besedka_continued=1`;
    return `/api/v1/auth/continue?to=${encodeURIComponent(back)}`;
  }

  private resumed(raw: string, what: Omit<Resume, 'at'>): string {
    return `${AUTHORIZE_PATH}?${withMarker(raw, this.markers.make(raw, what))}`;
  }

  private refuse(verified: Verified, error: OAuthError): AuthorizeOutcome {
    return redirect(this.errorLocation(verified, error));
  }

  private errorLocation({ query, redirectUri }: Verified, { code, description }: OAuthError): string {
    return withParameters(
      redirectUri,
      { error: code, error_description: description, iss: this.issuer },
      stateOf(query),
    );
  }
}

const redirect = (location: string): AuthorizeOutcome => ({ kind: 'redirect', location });

const stateOf = (query: AuthorizeQuery): Record<string, string> =>
  query.rawState === null ? {} : { state: query.rawState };

const withMarker = (raw: string, marker: string | null): string =>
  marker === null ? raw : `${raw}&besedka_resume=${encodeURIComponent(marker)}`;

/** People only ever grant what is theirs; scopes of a service are for client credentials. */
const asPersonClient = (client: OAuthClientRecord): OAuthClientRecord => ({
  ...client,
  scopes: client.scopes.filter((name) => PERSON.has(name)),
});
