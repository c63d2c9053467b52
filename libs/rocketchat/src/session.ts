import { RocketChatError, isRocketChatError } from './errors.js';
import { abortable, type Clock } from './http/clock.js';
import type { AuthTokens, RocketChatCredentials } from './credentials.js';

/** Signs in once. @throws {RocketChatError} */
export type Login = (credentials: RocketChatCredentials & { kind: 'password' }) => Promise<AuthTokens>;

/**
 * The signed-in session of one client: signs in when needed, once for everybody who waits, and remembers a refusal.
 *
 * Ten wrong passwords lock the account (`Block_Multiple_Failed_Logins_*`, five minutes): a refused sign-in is therefore remembered and
 * told to every caller, without asking the server, until the credentials change or `rememberRefusalMs` has passed.
 */
export class Session {
  private tokens: AuthTokens | undefined;
  /** Whether the present tokens have worked for a call. */
  private proven = false;
  /** When the present tokens came, ms since 1970. */
  private bornAt = 0;
  private loggingIn: Promise<AuthTokens> | undefined;
  private refusal: { readonly error: RocketChatError; readonly until: number } | undefined;

  constructor(
    private credentials: RocketChatCredentials | undefined,
    private readonly login: Login,
    private readonly clock: Clock,
    private readonly rememberRefusalMs: number,
  ) {}

  get current(): RocketChatCredentials | undefined {
    return this.credentials;
  }

  /** Takes other credentials; forgets tokens and refusals. A sign-in under way is not waited for by anybody. */
  change(credentials: RocketChatCredentials | undefined): void {
    this.credentials = credentials;
    this.forget();
    this.loggingIn = undefined;
    this.refusal = undefined;
  }

  /** Forgets the tokens, as after a sign-out. */
  forget(): void {
    this.tokens = undefined;
    this.proven = false;
  }

  /**
   * The tokens of this session; signs in when there are none.
   *
   * @param route of the call that needs them, for the error
   * @throws {RocketChatError} `unauthorized` or `second-factor` when the server has refused, now or lately; what stopped the sign-in
   */
  async use(route: string, signal?: AbortSignal): Promise<AuthTokens> {
    const { credentials } = this;
    if (!credentials) throw new RocketChatError({ kind: 'unauthorized', route, reason: 'no credentials' });
    if (credentials.kind === 'token') return { userId: credentials.userId, authToken: credentials.token };
    if (this.tokens) return this.tokens;
    const refused = this.remembered(route);
    if (refused) throw refused;
    // Not under the caller's signal: others wait for the same sign-in.
    this.loggingIn ??= this.signIn(credentials);
    return abortable(this.loggingIn, signal);
  }

  /** The tokens have worked. */
  confirm(used: AuthTokens): void {
    if (this.tokens === used) this.proven = true;
  }

  /**
   * The server has refused the tokens.
   *
   * @returns whether it makes sense to sign in again. Not for given tokens; and not when these are new and have not worked yet: signing in
   *   gives no better ones, and one route that always says 401 must not spoil the others
   */
  reject(used: AuthTokens): boolean {
    if (this.credentials?.kind !== 'password') return false;
    // Somebody else has renewed them meanwhile.
    if (this.tokens !== used) return true;
    if (!this.proven && this.clock.now() - this.bornAt < this.rememberRefusalMs) return false;
    this.forget();
    return true;
  }

  private async signIn(credentials: RocketChatCredentials & { kind: 'password' }): Promise<AuthTokens> {
    let tokens: AuthTokens;
    try {
      tokens = await this.login(credentials);
    } catch (error) {
      if (this.credentials === credentials) {
        this.loggingIn = undefined;
        // An outage says nothing about the password.
        if (isRocketChatError(error, 'unauthorized', 'second-factor', 'forbidden', 'refused', 'invalid')) {
          this.remember(error);
        }
      }
      throw error;
    }
    if (this.credentials === credentials) {
      this.tokens = tokens;
      this.proven = false;
      this.bornAt = this.clock.now();
      this.loggingIn = undefined;
      this.refusal = undefined;
    }
    return tokens;
  }

  private remember(error: RocketChatError): void {
    this.refusal = { error, until: this.clock.now() + this.rememberRefusalMs };
  }

  private remembered(route: string): RocketChatError | undefined {
    if (!this.refusal) return undefined;
    const { error, until } = this.refusal;
    const left = until - this.clock.now();
    if (left <= 0) {
      this.refusal = undefined;
      return undefined;
    }
    const { kind, status, errorType, text, details } = error;
    const reason = 'remembered: sign-in was refused';
    return new RocketChatError({
      kind,
      route,
      status,
      errorType,
      text,
      details,
      reason,
      retryAfterMs: left,
      cause: error,
    });
  }
}
