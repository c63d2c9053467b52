import { Injectable } from '@nestjs/common';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { Actor } from '../roles/reach.js';
import { lookAlikeKeyNames } from './key-names.js';
import { emailTaken, keyAccountExists, together, usernameTaken } from './users.errors.js';
import { emailKey, UsersRepository } from './users.repository.js';

interface Names {
  readonly id?: string;
  readonly username: string;
  readonly email: string | null;
}

/**
 * User name and address belong to one living account (F29). Asked under the access lock, so that the answer still holds when
 * the account is written; the unique indexes stand behind it.
 */
@Injectable()
export class UniqueNames {
  constructor(private readonly repository: UsersRepository) {}

  /**
   * @param before the account as it is, when it is an existing one: what it keeps is not asked about
   * @throws AppError `username_taken`, `email_taken`, `key_account_exists`, each naming the existing account to those who
   * may read it; both fields are told when neither is free
   */
  async assertFree(tx: UnitOfWorkTx, actor: Actor, wanted: Names, before: Names | null = null): Promise<void> {
    const refusals = [
      await this.nameRefusal(tx, actor, wanted, before),
      await this.emailRefusal(tx, actor, wanted, before),
    ].filter((refusal) => refusal !== null);
    if (refusals.length > 0) throw together(refusals);
  }

  private async nameRefusal(tx: UnitOfWorkTx, actor: Actor, wanted: Names, before: Names | null) {
    if (wanted.username === before?.username) return null;
    const named = actor.access.permissions.has('users:read');
    const lookAlikes = lookAlikeKeyNames(wanted.username);
    const taken = await this.repository.namesTaken(tx, [wanted.username, ...lookAlikes], before?.id ?? null);
    if (taken.includes(wanted.username)) return usernameTaken(wanted.username, named);
    const [existing] = taken;
    return existing === undefined ? null : keyAccountExists(existing, named);
  }

  private async emailRefusal(tx: UnitOfWorkTx, actor: Actor, wanted: Names, before: Names | null) {
    if (wanted.email === null || emailKey(wanted.email) === emailKey(before?.email ?? null)) return null;
    const owner = await this.repository.emailOwner(tx, wanted.email, before?.id ?? null);
    // User names are in everybody's directory; whose an address is only those may learn who read all accounts.
    const named = actor.access.permissions.has('users:read') && actor.access.manages.has('*');
    return owner === null ? null : emailTaken(owner, named);
  }
}
