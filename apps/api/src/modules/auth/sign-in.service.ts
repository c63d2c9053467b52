import { Injectable } from '@nestjs/common';
import type { LoginRequest } from '@besedka/contracts';
import type { RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { addressKey } from '../../common/rate-limit/address-key.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AccountsService } from '../users/accounts.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordHasher } from './password-hasher.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';
import { ThrottleService } from './throttle.service.js';

/** Signing in and out. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly check: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly throttle: ThrottleService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Begins a session. An unknown name, a wrong password, an account that is disabled or not yet activated: the same answer
   * after the same work.
   * @throws AppError `invalid_credentials`, `sign_in_delayed`
   */
  async signIn(ctx: RequestContext, { login, password }: LoginRequest): Promise<IssuedTokens> {
    const account = await this.accounts.byLogin(login);
    const usable = account?.status === 'active' ? account.passwordHash : null;
    const candidate = account === null ? null : { userId: account.id, hash: usable };
    const right = await this.check.matches(ctx, login, candidate, password);
    if (!right || account === null || usable === null) throw new AppError('invalid_credentials');
    const fresh = this.hasher.isOutdated(usable) ? await this.hasher.hash(password) : null;
    return this.unitOfWork.run(ctx, async (tx) => {
      // Looked at again under the row's lock: hashing took a while.
      if (!(await this.accounts.signedIn(tx, account.id, usable, fresh))) throw new AppError('invalid_credentials');
      await this.throttle.succeeded(tx, account, addressKey(ctx.address));
      return this.sessions.begin(ctx, tx, account.id);
    });
  }

  /**
   * Ends the session that the request belongs to: by its access token, else by its refresh token. Without a session there
   * is nothing to do.
   */
  async signOut(ctx: RequestContext, refreshToken: string | null): Promise<void> {
    if (ctx.principal !== null) {
      await this.sessions.end(ctx, ctx.principal.userId, ctx.principal.sessionId, 'signed_out');
      return;
    }
    if (refreshToken !== null) await this.sessions.endByToken(ctx, refreshToken);
  }
}
