import { Injectable } from '@nestjs/common';
import type { Session, SessionEndReason } from '@besedka/contracts';
import { JwtService } from '@nestjs/jwt';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { newId } from '../../common/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { AccountEvents } from '../users/users.events.js';
import { deviceOf, deviceUserAgent } from './device.js';
import { RefreshTokens } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';

/** What a sign-in or a refresh gives. */
export interface IssuedTokens {
  readonly sessionId: string;
  readonly access: string;
  readonly refresh: string;
}

/** Claims of an access token; everything else is looked up at each request, so that revoking is immediate. */
export interface AccessClaims {
  readonly sub: string;
  readonly sid: string;
}

/** Told inside the transaction in which sessions end; what it throws keeps them. */
export type SessionEndHandler = (tx: UnitOfWorkTx, what: AccountEvents['auth.sessions-ended']) => Promise<void>;

/** Sessions: one per signed-in device, each with its own line of refresh tokens. */
@Injectable()
export class SessionsService {
  private readonly refreshTokens: RefreshTokens;
  private readonly passwordHandlers: ((tx: UnitOfWorkTx, userId: string) => Promise<void>)[] = [];
  private readonly endHandlers: SessionEndHandler[] = [];

  constructor(
    private readonly repository: SessionsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly jwt: JwtService,
    private readonly config: AppConfig,
  ) {
    this.refreshTokens = new RefreshTokens(config.auth.secret);
  }

  /** Begins a session for the device behind the request. */
  async begin(ctx: RequestContext, tx: UnitOfWorkTx, userId: string): Promise<IssuedTokens> {
    const id = newId();
    await this.repository.insert(tx, { id, userId, ...this.seen(ctx) });
    return this.issue(userId, id, 1);
  }

  /**
   * The next pair of tokens. A token that was used already gives the same successor for a short while (several tabs at
   * once, an answer that got lost); after that its return means that somebody has a copy, and the session ends.
   * @throws AppError `session_ended`
   */
  async refresh(ctx: RequestContext, token: string): Promise<IssuedTokens> {
    const claim = this.refreshTokens.read(token);
    if (claim === null) throw new AppError('session_ended');
    const { sessionId, generation } = claim;
    const owner = await this.repository.rotate(sessionId, generation, this.seen(ctx));
    if (owner !== null) return this.issue(owner, sessionId, generation + 1);
    const state = await this.repository.state(sessionId, this.config.auth.refreshGraceSeconds);
    if (state === null || !state.live) throw new AppError('session_ended');
    if (state.generation === generation + 1 && state.inGrace)
      return this.issue(state.userId, sessionId, state.generation);
    await this.end(ctx, state.userId, sessionId, 'replayed');
    throw new AppError('session_ended');
  }

  /** Ends the live session that a refresh token of ours belongs to, also when the token is no longer the current one. */
  async endByToken(ctx: RequestContext, token: string): Promise<void> {
    const claim = this.refreshTokens.read(token);
    if (claim === null) return;
    const state = await this.repository.state(claim.sessionId, 0);
    if (state?.live === true) await this.end(ctx, state.userId, claim.sessionId, 'signed_out');
  }

  /** Live sessions of a user; `currentId` marks the asker's own. */
  async list(userId: string, currentId: string): Promise<Session[]> {
    const rows = await this.repository.ofUser(userId);
    return rows.map((row) => ({
      id: row.id,
      current: row.id === currentId,
      device: deviceOf(row.userAgent),
      address: row.address,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
    }));
  }

  /** When the person of a live session signed in; null when it has ended. */
  beganAt(sessionId: string): Promise<Date | null> {
    return this.repository.beganAt(sessionId);
  }

  /** Begins a session of a device that somebody allowed from elsewhere; it has no tokens of ours. @returns its id */
  async beginForDevice(ctx: RequestContext, tx: UnitOfWorkTx, userId: string, device: string): Promise<string> {
    const id = newId();
    await this.repository.insert(tx, { id, userId, ...this.seen({ ...ctx, userAgent: deviceUserAgent(device) }) });
    return id;
  }

  /** Ends one session of this user. @returns false when there was no such live session */
  end(ctx: RequestContext, userId: string, sessionId: string, reason: SessionEndReason): Promise<boolean> {
    return this.unitOfWork.run(ctx, async (tx) => {
      const ended = await this.repository.end(tx, userId, sessionId, reason);
      if (ended) await this.ended(tx, { userId, sessionIds: [sessionId], reason });
      return ended;
    });
  }

  /**
   * Names who else ends something when a person has a new password, in the same transaction. The session in which it was changed goes
   * on, and what others were given through it would go on with it. Call in `onModuleInit`.
   */
  onNewPassword(handler: (tx: UnitOfWorkTx, userId: string) => Promise<void>): void {
    this.passwordHandlers.push(handler);
  }

  /** Names who else promises something when sessions end, in the same transaction: it must not be lost. Call in `onModuleInit`. */
  onEnd(handler: SessionEndHandler): void {
    this.endHandlers.push(handler);
  }

  /** Ends all sessions of a user inside the caller's transaction, but the one given. Their sockets close after the commit. */
  async endAll(
    tx: UnitOfWorkTx,
    userId: string,
    reason: SessionEndReason,
    except: string | null = null,
  ): Promise<void> {
    const ended = await this.repository.endAll(tx, userId, reason, except);
    if (reason === 'password_changed') for (const handler of this.passwordHandlers) await handler(tx, userId);
    // Without an exception it is said to all, also to sockets of sessions that have just expired.
    const sessionIds = except === null ? ('all' as const) : ended;
    if (except === null || ended.length > 0) await this.ended(tx, { userId, sessionIds, reason });
  }

  /** Removes sessions that ended or expired long ago, a bounded number. @returns how many went */
  removeOld(olderThanDays: number, limit: number): Promise<number> {
    return this.repository.removeOld(olderThanDays, limit);
  }

  private async ended(tx: UnitOfWorkTx, what: AccountEvents['auth.sessions-ended']): Promise<void> {
    for (const handler of this.endHandlers) await handler(tx, what);
    tx.emit('auth.sessions-ended', what);
  }

  private seen(ctx: RequestContext): { userAgent: string; address: string; days: number } {
    return { userAgent: ctx.userAgent, address: ctx.address.slice(0, 64), days: this.config.auth.refreshTokenDays };
  }

  private async issue(userId: string, sessionId: string, generation: number): Promise<IssuedTokens> {
    const claims: AccessClaims = { sub: userId, sid: sessionId };
    const access = await this.jwt.signAsync({ ...claims });
    return { sessionId, access, refresh: this.refreshTokens.make({ sessionId, generation }) };
  }
}
