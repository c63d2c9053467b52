import { Injectable } from '@nestjs/common';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { Actor } from '../roles/reach.js';
import { lookAlikeKeyNames } from './key-names.js';
import { emailTaken, keyAccountExists, usernameTaken } from './users.errors.js';
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
   * may read it
   */
  async assertFree(tx: UnitOfWorkTx, actor: Actor, wanted: Names, before: Names | null = null): Promise<void> {
    const named = actor.access.permissions.has('users:read');
    const exceptId = before?.id ?? null;
    if (wanted.username !== before?.username) {
      const lookAlikes = lookAlikeKeyNames(wanted.username);
      const taken = await this.repository.namesTaken(tx, [wanted.username, ...lookAlikes], exceptId);
      if (taken.includes(wanted.username)) throw usernameTaken(wanted.username, named);
      const [existing] = taken;
      if (existing !== undefined) throw keyAccountExists(existing, named);
    }
    if (wanted.email === null || emailKey(wanted.email) === emailKey(before?.email ?? null)) return;
    const owner = await this.repository.emailOwner(tx, wanted.email, exceptId);
    // User names are in everybody's directory; whose an address is only those may learn who read all accounts.
    if (owner !== null) throw emailTaken(owner, named && actor.access.manages.has('*'));
  }
}
