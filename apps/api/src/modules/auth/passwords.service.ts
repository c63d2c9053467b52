import { Injectable } from '@nestjs/common';
import { type activateRequest, type ActivationInfo } from '@besedka/contracts';
import type { z } from 'zod';
import { principalOf, type RequestContext } from '../../common/context/request-context.js';
import { AppError } from '../../common/errors/app-error.js';
import { AppConfig } from '../../config/app-config.js';
import { UnitOfWork, type UnitOfWorkTx } from '../../database/unit-of-work.js';
import { MailService } from '../mail/mail.service.js';
import { AccountsService } from '../users/accounts.service.js';
import type { Account } from '../users/account.js';
import { type LinkPurpose, LinkTokensService } from './link-tokens.service.js';
import { PasswordCheck } from './password-check.service.js';
import { PasswordHasher } from './password-hasher.js';
import { assertStrongPassword } from './password-policy.js';
import { type IssuedTokens, SessionsService } from './sessions.service.js';
import { ThrottleService } from './throttle.service.js';

/** Choosing passwords: by the signed-in person, by a reset link, by an invitation. */
@Injectable()
export class PasswordsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly check: PasswordCheck,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly links: LinkTokensService,
    private readonly throttle: ThrottleService,
    private readonly mail: MailService,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
  ) {}

  /** Ends all other sessions. @throws AppError `wrong_password`, `sign_in_delayed`, `password_too_weak` */
  async change(ctx: RequestContext, currentPassword: string, newPassword: string): Promise<void> {
    const { userId, sessionId, username } = principalOf(ctx);
    const account = await this.accounts.byId(userId);
    if (account === null) throw new AppError('unauthenticated');
    const candidate = { userId, hash: account.passwordHash };
    if (!(await this.check.matches(ctx, username, candidate, currentPassword))) throw new AppError('wrong_password');
    const hash = await this.hashStrong(newPassword, account);
    await this.unitOfWork.run(ctx, async (tx) => {
      const now = await this.accounts.lock(tx, userId);
      if (now === null || now.passwordHash !== account.passwordHash) throw new AppError('wrong_password');
      await this.store(tx, now, hash, sessionId);
    });
  }

  /** For the page behind a reset link. Uses nothing up. @throws AppError `token_invalid` */
  async assertResettable(token: string): Promise<void> {
    await this.ownerOf(token, 'reset', 'active');
  }

  /** Ends all sessions. @throws AppError `token_invalid`, `password_too_weak` (the link can then still be used) */
  async reset(ctx: RequestContext, token: string, password: string): Promise<void> {
    const account = await this.ownerOf(token, 'reset', 'active');
    const hash = await this.hashStrong(password, account);
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.store(tx, await this.useLink(tx, token, 'reset', 'active'), hash, null);
      await this.throttle.clear(tx, account);
    });
  }

  /** What the activation page shows. @throws AppError `token_invalid` */
  async activation(token: string): Promise<ActivationInfo> {
    const account = await this.ownerOf(token, 'activate', 'invited');
    const { expiresAt } = await this.links.look(token, 'activate');
    const { username, fullName, email } = account;
    return { username, fullName, email, expiresAt: expiresAt.toISOString() };
  }

  /** Makes the invited account active and signs it in. @throws AppError `token_invalid`, `password_too_weak` */
  async activate(ctx: RequestContext, given: z.infer<typeof activateRequest>): Promise<IssuedTokens> {
    const invited = await this.ownerOf(given.token, 'activate', 'invited');
    const hash = await this.hashStrong(given.password, invited);
    return this.unitOfWork.run(ctx, async (tx) => {
      const { id } = await this.useLink(tx, given.token, 'activate', 'invited');
      await this.accounts.activate(ctx, tx, id, { hash, fullName: given.fullName, locale: given.locale });
      return this.sessions.begin(ctx, tx, id);
    });
  }

  private async ownerOf(token: string, purpose: LinkPurpose, status: Account['status']): Promise<Account> {
    const { userId } = await this.links.look(token, purpose);
    return assertStatus(await this.accounts.byId(userId), status);
  }

  private async useLink(
    tx: UnitOfWorkTx,
    token: string,
    purpose: LinkPurpose,
    status: Account['status'],
  ): Promise<Account> {
    const userId = await this.links.consume(tx, token, purpose);
    return assertStatus(await this.accounts.lock(tx, userId), status);
  }

  private hashStrong(password: string, { username, email }: Account): Promise<string> {
    assertStrongPassword(password, [username, email?.split('@', 1)[0] ?? ''], this.config.mode);
    return this.hasher.hash(password);
  }

  private async store(tx: UnitOfWorkTx, account: Account, hash: string, exceptSession: string | null): Promise<void> {
    const { email } = account;
    await this.accounts.setPassword(tx, account.id, hash);
    await this.sessions.endAll(tx, account.id, 'password_changed', exceptSession);
    await this.links.void(tx, account.id, 'reset');
    if (email !== null) await this.mail.sendNotice(tx, 'password_changed', { ...account, email });
  }
}

function assertStatus(account: Account | null, status: Account['status']): Account {
  if (account === null || account.status !== status) throw new AppError('token_invalid');
  return account;
}
