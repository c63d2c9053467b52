import { isRocketChatError, type RocketChatErrorKind } from '@besedka/rocketchat';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { type RequestContext, systemContext } from '../../../common/context/request-context.js';
import { Rounds } from '../../../common/lifecycle/rounds.js';
import { LOGGER } from '../../../common/logging/logger.js';
import { AppConfig } from '../../../config/app-config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../../database/unit-of-work.js';
import { SerialByKey } from '../../auth/serial-by-key.js';
import { SessionsService } from '../../auth/sessions.service.js';
import { OutboxUnavailable } from '../../outbox/outbox-unavailable.js';
import { OutboxService } from '../../outbox/outbox.service.js';
import { RocketChatConnection } from '../rocketchat-connection.js';
import { LinksService } from '../sync/links.service.js';
import { PeopleClient } from './people-client.js';
import { SealedLoginTokens } from './sealed-token.js';
import { type EndedSignIn, SignInsRepository } from './sign-ins.repository.js';

/** Outbox topic: somebody's sign-ins at Rocket.Chat shall be over. */
export const SIGN_OUT_TOPIC = 'rocketchat-sign-out';

const EVERY_MS = 600_000;
const AT_ONCE = 500;
const TIMEOUT_MS = 5_000;

/**
 * The end of a session here is the end of what was signed in through it there: promised in the same transaction, carried out by the
 * outbox, so that neither an outage nor a crash loses it.
 *
 * A token that we handed out is ended alone. Of a sign-in over OAuth only Rocket.Chat knows the token, so the whole person is signed out
 * there; frames whose portal session lives come back without a click.
 */
@Injectable()
export class SignOuts implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly sealed: SealedLoginTokens;
  private readonly serial = new SerialByKey();
  private readonly rounds = new Rounds(
    () => this.tidy(),
    (err) => this.logger.warn({ err }, 'tidying up chat sign-ins failed'),
  );

  constructor(
    private readonly repository: SignInsRepository,
    private readonly connection: RocketChatConnection,
    private readonly people: PeopleClient,
    private readonly links: LinksService,
    private readonly sessions: SessionsService,
    private readonly outbox: OutboxService,
    private readonly unitOfWork: UnitOfWork,
    config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.sealed = new SealedLoginTokens(config.auth.secret);
  }

  onModuleInit(): void {
    this.sessions.onEnd((tx, { userId, sessionIds }) => this.promise(tx, userId, sessionIds));
    // Also the session in which it was changed: what was given out under the old password shall not go on.
    this.sessions.onNewPassword((tx, userId) => this.promise(tx, userId, 'all'));
    this.outbox.handle(
      SIGN_OUT_TOPIC,
      ({ key }) => this.deliver(key),
      () => this.answers(),
    );
  }

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS, { atOnce: true });
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** Somebody else uses the browser now: what these sessions left there shall be over, whether or not they live. */
  async endFor(ctx: RequestContext, others: ReadonlyMap<string, string>): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      for (const [sessionId, userId] of others) await this.promise(tx, userId, [sessionId]);
    });
  }

  /** The person's account there is another one now. */
  async endOtherAccounts(ctx: RequestContext, userId: string, sessionId: string, rocketChatId: string): Promise<void> {
    await this.unitOfWork.run(ctx, async (tx) => {
      const ended = await this.repository.endOtherAccounts(tx, sessionId, rocketChatId);
      if (ended > 0) await this.outbox.addOnce(tx, SIGN_OUT_TOPIC, [userId]);
    });
  }

  /**
   * Ends at Rocket.Chat what shall be over for a user. May be repeated; done when it returns.
   * @throws RocketChatError when it could not be confirmed: try again later
   */
  carryOut(userId: string): Promise<void> {
    return this.serial.run(userId, async () => {
      const ended = await this.repository.ended(userId);
      if (ended.length === 0 || !this.connection.isConfigured) return;
      if (ended.some(({ token, everywhere }) => token === null || everywhere)) {
        await this.endEverything(userId, ended);
        await this.repository.remove(ended.map(({ id }) => id));
        return;
      }
      for (const signIn of ended) {
        await this.endOne(signIn);
        await this.repository.remove([signIn.id]);
      }
    });
  }

  /** One round: sessions that ended without a word, and rows that nobody needs any more. */
  async tidy(): Promise<void> {
    await this.repository.removeExpired(AT_ONCE);
    await this.unitOfWork.run(systemContext('rocketchat-sign-outs'), async (tx) => {
      await this.outbox.addOnce(tx, SIGN_OUT_TOPIC, await this.repository.endForgotten(tx, AT_ONCE));
    });
  }

  private async deliver(userId: string): Promise<void> {
    try {
      await this.carryOut(userId);
    } catch (error) {
      if (!isRocketChatError(error, ...AWAY)) throw error;
      throw new OutboxUnavailable('Rocket.Chat does not answer', { cause: error });
    }
  }

  private async answers(): Promise<boolean> {
    try {
      await this.connection.client.info.profile(OPTIONS);
      return true;
    } catch {
      return false;
    }
  }

  private async promise(tx: UnitOfWorkTx, userId: string, sessionIds: readonly string[] | 'all'): Promise<void> {
    const ended = await this.repository.end(tx, userId, sessionIds);
    if (ended > 0) await this.outbox.addOnce(tx, SIGN_OUT_TOPIC, [userId]);
  }

  /** Admins are not limited there, so this is quick for many people at once; personal access tokens go too (contract 8). */
  private async endEverything(userId: string, ended: readonly EndedSignIn[]): Promise<void> {
    const { users } = this.connection.client;
    const accounts = new Set(ended.flatMap(({ rocketChatId }) => rocketChatId ?? []));
    if (ended.some(({ token }) => token === null)) for (const id of await this.oauthAccounts(userId)) accounts.add(id);
    for (const id of accounts) await gone(users.logout(id, OPTIONS));
  }

  /** Their own account; and the one of their name, which is where OAuth signs people in (contract 1.5). */
  private async oauthAccounts(userId: string): Promise<string[]> {
    const [link, username] = await Promise.all([this.links.find(userId), this.repository.usernameOf(userId)]);
    const named = username === null ? undefined : await this.connection.client.users.find({ username }, OPTIONS);
    return [link?.rocketChatId ?? [], named?._id ?? []].flat();
  }

  /** The server counts this call per address, for everybody who is no admin: refused, it comes again by the outbox. */
  private async endOne({ id, rocketChatId, token }: EndedSignIn): Promise<void> {
    const authToken = token === null ? null : this.sealed.open(token, id);
    if (authToken === null || rocketChatId === null) return;
    await gone(this.people.as({ userId: rocketChatId, authToken }).auth.logout());
  }
}

/** Nothing of the outbox waits behind a limit. */
const OPTIONS = { rateLimitWaitMs: 0, timeoutMs: TIMEOUT_MS } as const;

/** Nothing is wrong with the promise: the server cannot be used by anybody. */
const AWAY: readonly RocketChatErrorKind[] = ['unreachable', 'timeout', 'unavailable', 'unexpected-answer'];

/** A session or an account that is not there any more is over as well. */
async function gone(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isRocketChatError(error, 'unauthorized', 'not-found')) throw error;
  }
}
