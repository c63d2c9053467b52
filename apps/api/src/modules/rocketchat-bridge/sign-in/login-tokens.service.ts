import { type AuthTokens, isRocketChatError } from '@besedka/rocketchat';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Principal, RequestContext } from '../../../common/context/request-context.js';
import { AppError } from '../../../common/errors/app-error.js';
import { newId } from '../../../common/ids.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';
import { SerialByKey } from '../../auth/serial-by-key.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { ChatAccounts } from './accounts.service.js';
import { PeopleClient } from './people-client.js';
import { SealedLoginTokens } from './sealed-token.js';
import { ServerProfiles } from './server-profile.js';
import { SignOuts } from './sign-outs.service.js';
import { type KeptToken, SignInsRepository } from './sign-ins.repository.js';

/** Life of a login token there unless the server says otherwise (`Accounts_LoginExpiration`, days). */
const DEFAULT_DAYS = 90;
/** A token is made anew when less than this part of its life is left. */
const RENEW_BELOW = 1 / 3;
/** Who asks again within these milliseconds could not use what they got: whether it lives is then asked. */
const AGAIN_MS = 15_000;
/**
 * New tokens of one session within these seconds. Signing in, out and in again under the cover makes two, and more windows may do so at
 * once; a page that cannot use what it gets and asks at each refusal would go on for ever.
 */
const MOST_NEW = 5;
const NEW_WITHIN_SECONDS = 20;
const TIMEOUT_MS = 5_000;
const OPTIONS = { rateLimitWaitMs: 0, timeoutMs: TIMEOUT_MS } as const;

/** A login token and how long it may be believed, in days. */
export interface GivenToken {
  readonly loginToken: string;
  readonly days: number;
}

/**
 * Login tokens of Rocket.Chat for people of the portal: one per session of ours, kept sealed, renewed before its end, so that the end of
 * the session ends exactly it. `users.createToken` (contract 8) makes them with the server's own secret.
 */
@Injectable()
export class LoginTokens {
  private readonly sealed: SealedLoginTokens;
  private readonly serial = new SerialByKey();

  constructor(
    private readonly repository: SignInsRepository,
    private readonly accounts: ChatAccounts,
    private readonly profiles: ServerProfiles,
    private readonly signOuts: SignOuts,
    private readonly connection: RocketChatConnection,
    private readonly people: PeopleClient,
    private readonly config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.sealed = new SealedLoginTokens(config.auth.secret);
  }

  /**
   * The token of the session that the request's cookie carries.
   * @throws AppError `not_found` where people are signed in otherwise, `unauthenticated`, `rocketchat_unavailable`, `rate_limited` when the
   *   session had many new ones just now, and what `ChatAccounts` throws
   */
  async give(ctx: RequestContext): Promise<GivenToken> {
    await this.assertMode();
    const { principal } = ctx;
    if (principal?.via !== 'cookie') throw new AppError('unauthenticated');
    const rocketChatId = await this.accounts.ready(principal.userId);
    return this.serial.run(principal.sessionId, async () => {
      const kept = await this.usable(ctx, principal, rocketChatId);
      return kept ?? this.make(principal, rocketChatId);
    });
  }

  /** @throws AppError `not_found`, `rocketchat_unavailable` */
  async assertMode(): Promise<void> {
    const mode = await this.profiles.mode();
    if (mode === 'oauth' || this.config.rocketChat.url === null) throw new AppError('not_found');
    if (mode === null || !this.connection.isConfigured) throw unavailable();
  }

  private async usable(ctx: RequestContext, principal: Principal, rocketChatId: string): Promise<GivenToken | null> {
    const kept = await this.repository.kept(principal.sessionId);
    if (kept === null) return null;
    if (kept.rocketChatId !== rocketChatId) {
      await this.signOuts.endOtherAccounts(ctx, principal.userId, principal.sessionId, rocketChatId);
      return null;
    }
    const { left, life } = timesOf(kept);
    const token = left < life * RENEW_BELOW ? null : this.sealed.open(kept.token, kept.id);
    if (token === null) return null;
    const isAskedAgain = Date.now() - kept.givenAt.getTime() < AGAIN_MS;
    if (isAskedAgain && (await this.isOver({ userId: rocketChatId, authToken: token }))) {
      await this.repository.died(kept.id);
      return null;
    }
    await this.repository.given(kept.id);
    return { loginToken: token, days: daysOf(left) };
  }

  /** Signed out or switched off there, or the database there was put back. Any other failure says nothing about the token. */
  private async isOver(tokens: AuthTokens): Promise<boolean> {
    try {
      await this.people.as(tokens).auth.me();
      return false;
    } catch (error) {
      if (!isRocketChatError(error, 'rate-limited')) return isRocketChatError(error, 'unauthorized');
    }
    // People may ask that ten times a minute together; of an account the admin may ask at any time.
    return this.accounts.isActive(tokens.userId, OPTIONS).then(
      (isActive) => !isActive,
      () => false,
    );
  }

  private async make({ userId, sessionId }: Principal, knownAs: string): Promise<GivenToken> {
    const { tokenSecret } = this.config.rocketChat;
    if (tokenSecret === null) throw unavailable();
    // By the database, which knows of the tokens that other processes made.
    const retryAfter = await this.repository.pauseOf(sessionId, MOST_NEW, NEW_WITHIN_SECONDS);
    if (retryAfter !== null) throw new AppError('rate_limited', { retryAfter });
    const { rocketChatId, tokens, days } = await this.ask(userId, knownAs, tokenSecret);
    const id = newId();
    const token = this.sealed.seal(tokens.authToken, id);
    const isNoted =
      tokens.userId === rocketChatId &&
      (await this.repository.add({ id, sessionId, userId, rocketChatId, token, days }));
    if (isNoted) return { loginToken: tokens.authToken, days };
    // The session has ended meanwhile, or the server answered for somebody else: nobody gets it.
    await this.people
      .as(tokens)
      .auth.logout()
      .catch((err: unknown) => this.logger.warn({ err }, 'a login token that nobody got could not be taken back'));
    throw tokens.userId === rocketChatId ? new AppError('unauthenticated') : unavailable();
  }

  private async ask(
    userId: string,
    knownAs: string,
    secret: string,
  ): Promise<{ rocketChatId: string; tokens: AuthTokens; days: number }> {
    const { client } = this.connection;
    try {
      // Nobody is signed in to an account that is switched off, token or not (contract 8).
      const rocketChatId = await this.accounts.usable(userId, knownAs, OPTIONS);
      const { value } = await client.settings.get('Accounts_LoginExpiration', OPTIONS);
      const days = typeof value === 'number' && value >= 1 ? Math.floor(value) : DEFAULT_DAYS;
      return { rocketChatId, tokens: await client.users.createToken(rocketChatId, secret, OPTIONS), days };
    } catch (error) {
      throw isRocketChatError(error) ? unavailable(error) : error;
    }
  }
}

function unavailable(cause?: Error): AppError {
  return new AppError('rocketchat_unavailable', { retryAfter: 5, ...(cause !== undefined && { cause }) });
}

function timesOf({ createdAt, expiresAt }: KeptToken): { left: number; life: number } {
  return { left: expiresAt.getTime() - Date.now(), life: expiresAt.getTime() - createdAt.getTime() };
}

function daysOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 86_400_000));
}
