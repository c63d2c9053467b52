import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Passport } from 'passport';
import { Strategy, type StrategyOptions, type VerifyCallback, type VerifyFunction } from 'passport-oauth2';

export interface PassportTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly results: Record<string, unknown>;
  readonly profile: Record<string, unknown>;
}

interface Settings {
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly identityURL: string;
  readonly clientID: string;
  readonly clientSecret: string;
  readonly scope: string[];
  /** False sends it in the query, as some providers want it. */
  readonly tokenInHeader?: boolean;
}

/** The strategy with a profile, as every application that uses it derives one. */
class PortalStrategy extends Strategy {
  constructor(
    private readonly identityURL: string,
    tokenInHeader: boolean,
    options: StrategyOptions,
    verify: VerifyFunction<PassportTokens['profile'], PassportTokens['results']>,
  ) {
    super(options, verify);
    this._oauth2.useAuthorizationHeaderforGET(tokenInHeader);
  }

  override userProfile(accessToken: string, done: (error?: unknown, profile?: unknown) => void): void {
    this._oauth2.get(this.identityURL, accessToken, (error, text, answer) => {
      // Anything but 200 is a failure for those who write such a method by the book.
      if (error) done(new Error(`identity: ${error.statusCode}`));
      else if (answer?.statusCode !== 200) done(new Error(`identity: ${String(answer?.statusCode)}`));
      else done(null, JSON.parse(String(text)));
    });
  }

  /** As `passport-oauth2-refresh` and others do it: the strategy's own client, at the same address. */
  refresh(refreshToken: string): Promise<PassportTokens> {
    return new Promise((resolve, reject) => {
      this._oauth2.getOAuthAccessToken(
        refreshToken,
        { grant_type: 'refresh_token' },
        (error, accessToken, next, results) => {
          if (error) reject(new Error(JSON.stringify(error)));
          else resolve({ accessToken: accessToken ?? '', refreshToken: next ?? '', results, profile: {} });
        },
      );
    });
  }
}

type Incoming = IncomingMessage & { session?: object; query?: Record<string, string> };

/** A small web application that signs people in by `passport` with `passport-oauth2`, PKCE on: it listens, redirects and keeps sessions. */
export class PassportApplication {
  private readonly sessions = new Map<string, object>();
  private readonly passport = new Passport();
  private readonly server = createServer((request, response) => this.answer(request, response));
  private strategy: PortalStrategy | undefined;

  /** Begins to listen. @param callbackPath path of the redirect URI */
  static async start(callbackPath = '/callback'): Promise<PassportApplication> {
    const application = new PassportApplication(callbackPath);
    application.server.listen(0, '127.0.0.1');
    await once(application.server, 'listening');
    return application;
  }

  private constructor(private readonly callbackPath: string) {}

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get redirectUri(): string {
    return this.origin + this.callbackPath;
  }

  /** What an administrator types after registering it. */
  configure({ identityURL, tokenInHeader = true, ...settings }: Settings): void {
    this.strategy = new PortalStrategy(
      identityURL,
      tokenInHeader,
      { ...settings, callbackURL: this.redirectUri, state: true, pkce: true },
      (
        accessToken: string,
        refreshToken: string,
        results: PassportTokens['results'],
        profile: PassportTokens['profile'],
        done: VerifyCallback,
      ) => done(null, { accessToken, refreshToken, results, profile }),
    );
    this.passport.use('portal', this.strategy);
  }

  refresh(refreshToken: string): Promise<PassportTokens> {
    if (this.strategy === undefined) throw new Error('not configured');
    return this.strategy.refresh(refreshToken);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** `/login` leads to the portal; the redirect URI shows what came of it, as JSON; a failure is a 4xx or 5xx with its message. */
  private answer(request: Incoming, response: ServerResponse): void {
    const id = /(?:^|; )app=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? randomUUID();
    const session = this.sessions.get(id) ?? {};
    this.sessions.set(id, session);
    request.session = session;
    request.query = Object.fromEntries(new URL(request.url ?? '/', this.origin).searchParams);
    response.setHeader('set-cookie', `app=${id}; Path=/; HttpOnly`);
    const show = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const authenticate = this.passport.authenticate(
      'portal',
      { session: false },
      (error: Error | null, user: unknown, info: unknown) => {
        if (error) show(502, { message: error.message, code: (error as { code?: string }).code });
        else if (user) show(200, user);
        else show(403, info);
      },
    ) as (request: Incoming, response: ServerResponse, next: (error?: unknown) => void) => void;
    authenticate(request, response, (error) => show(500, { message: String(error) }));
  }
}
