import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { email, OWNER_ROLE, PASSWORD_MAX, PASSWORD_MIN, username } from '@besedka/contracts';
import type { Logger } from 'pino';
import { type RequestContext, systemContext } from '../../common/context/request-context.js';
import { LOGGER } from '../../common/logging/logger.js';
import { AppConfig } from '../../config/app-config.js';
import { StartupError } from '../../config/config-error.js';
import { PasswordHasher } from '../../modules/auth/password-hasher.js';
import { weaknessOf } from '../../modules/auth/password-policy.js';
import { RolesService } from '../../modules/roles/roles.service.js';
import { AccountsService } from '../../modules/users/accounts.service.js';
import { UnitOfWork } from '../unit-of-work.js';
import { LOCAL_ACCOUNTS, localEmail } from './local-accounts.js';

const HOW_TO_SET_OWNER =
  'There is no owner yet: set OWNER_USERNAME, OWNER_EMAIL and OWNER_PASSWORD for the first start in production.';

/**
 * What must be in the database before the first request: the built-in roles, and somebody who can sign in. Runs when all
 * modules are ready, so that their account hooks take part, and before the server listens.
 */
@Injectable()
export class FirstAccounts implements OnApplicationBootstrap {
  constructor(
    private readonly roles: RolesService,
    private readonly accounts: AccountsService,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AppConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws StartupError in production, when there is no owner and none is given, or a known password is in use */
  async onApplicationBootstrap(): Promise<void> {
    const ctx = systemContext('seeds');
    await this.roles.ensureBuiltIns(ctx);
    if (this.config.mode === 'local') await this.createLocalAccounts(ctx);
    else {
      await this.refuseKnownPasswords();
      await this.createOwner(ctx);
    }
  }

  /** Only into a database that never had an account: what people change or delete stays so. */
  private async createLocalAccounts(ctx: RequestContext): Promise<void> {
    const empty = await this.unitOfWork.run(ctx, async (tx) => !(await this.accounts.any(tx)));
    if (!empty) return;
    const hashes = await Promise.all(LOCAL_ACCOUNTS.map((account) => this.hasher.hash(account.password)));
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.roles.lockAccess(tx);
      if (await this.accounts.any(tx)) return;
      for (const [index, account] of LOCAL_ACCOUNTS.entries()) {
        await this.accounts.create(ctx, tx, {
          username: account.username,
          email: localEmail(account.username),
          fullName: account.fullName,
          locale: 'ru',
          status: 'active',
          passwordHash: hashes[index] ?? null,
          roles: [account.role],
        });
      }
      this.logger.info({ accounts: LOCAL_ACCOUNTS.length }, 'local accounts created');
    });
  }

  private async createOwner(ctx: RequestContext): Promise<void> {
    const present = await this.unitOfWork.run(ctx, (tx) => this.accounts.ownerExists(tx));
    if (present) return;
    const owner = this.givenOwner();
    const passwordHash = await this.hasher.hash(owner.password);
    await this.unitOfWork.run(ctx, async (tx) => {
      await this.roles.lockAccess(tx);
      if (await this.accounts.ownerExists(tx)) return;
      for (const login of [owner.username, owner.email]) {
        if ((await this.accounts.byLogin(login, tx)) !== null) {
          throw new StartupError(
            'OWNER_USERNAME or OWNER_EMAIL belongs to an account that is not the owner; choose others.',
          );
        }
      }
      await this.accounts.create(ctx, tx, {
        username: owner.username,
        email: owner.email,
        fullName: owner.username,
        locale: 'ru',
        status: 'active',
        passwordHash,
        roles: [OWNER_ROLE],
      });
      this.logger.info('the first owner was created');
    });
  }

  private givenOwner(): { username: string; email: string; password: string } {
    const { username: name, email: address, password } = this.config.owner;
    if (name === null || address === null || password === null) throw new StartupError(HOW_TO_SET_OWNER);
    const parsed = { username: username.safeParse(name), email: email.safeParse(address) };
    if (!parsed.username.success) {
      throw new StartupError(
        'OWNER_USERNAME must be 3 to 32 of a-z, 0-9, ".", "_", "-", beginning with a letter or digit.',
      );
    }
    if (!parsed.email.success) throw new StartupError('OWNER_EMAIL must be an e-mail address.');
    if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
      throw new StartupError(`OWNER_PASSWORD must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`);
    }
    if (weaknessOf(password, [parsed.username.data], this.config.mode) !== null) {
      throw new StartupError('OWNER_PASSWORD is a known or easily guessed password; set another one.');
    }
    return { username: parsed.username.data, email: parsed.email.data, password };
  }

  /** A database that began in local mode must not go online with the passwords that the README prints. */
  private async refuseKnownPasswords(): Promise<void> {
    for (const { username: name, password } of LOCAL_ACCOUNTS) {
      const account = await this.accounts.byLogin(name);
      if (account?.status !== 'active' || account.passwordHash === null) continue;
      if (await this.hasher.verify(account.passwordHash, password)) {
        throw new StartupError(
          `The account ${name} still has the password of local mode; change it or disable the account before starting in production.`,
        );
      }
    }
  }
}
