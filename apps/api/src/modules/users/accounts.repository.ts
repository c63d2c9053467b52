import { Injectable } from '@nestjs/common';
import type { Locale } from '@besedka/contracts';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { Account } from './account.js';

const COLUMNS = 'id, username, email, full_name AS "fullName", locale, status, password_hash AS "passwordHash"';

/** Statements on the credentials of accounts. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** A living account by user name or address; `@` never occurs in a user name, so at most one is found. */
  async byLogin(login: string, runner: Pick<UnitOfWorkTx, 'query'> = this.database): Promise<Account | null> {
    const key = login.toLowerCase();
    const [row] = await runner.query<Account>(
      `SELECT ${COLUMNS} FROM users WHERE ${login.includes('@') ? 'email_key' : 'username'} = $1 AND deleted_at IS NULL`,
      [key],
    );
    return row ?? null;
  }

  async byId(id: string, runner: Pick<UnitOfWorkTx, 'query'> = this.database): Promise<Account | null> {
    const [row] = await runner.query<Account>(`SELECT ${COLUMNS} FROM users WHERE id = $1 AND deleted_at IS NULL`, [
      id,
    ]);
    return row ?? null;
  }

  /** A living account, locked until the transaction ends. */
  async lock(tx: UnitOfWorkTx, id: string): Promise<Account | null> {
    const [row] = await tx.query<Account>(
      `SELECT ${COLUMNS} FROM users WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`,
      [id],
    );
    return row ?? null;
  }

  /** Notes a sign-in, with a fresh hash when the stored one was made with other parameters. @returns false when the account may no longer sign in */
  async signedIn(tx: UnitOfWorkTx, id: string, expectedHash: string, freshHash: string | null): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE users SET last_seen_at = now(), password_hash = coalesce($3, password_hash)
       WHERE id = $1 AND password_hash = $2 AND status = 'active' AND deleted_at IS NULL RETURNING id`,
      [id, expectedHash, freshHash],
    );
    return rows.length > 0;
  }

  async setPassword(tx: UnitOfWorkTx, id: string, hash: string): Promise<void> {
    await tx.query('UPDATE users SET password_hash = $2, updated_at = now() WHERE id = $1', [id, hash]);
  }

  async activate(
    tx: UnitOfWorkTx,
    id: string,
    hash: string,
    fullName: string | null,
    locale: Locale | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE users SET status = 'active', password_hash = $2, full_name = coalesce($3, full_name),
         locale = coalesce($4, locale), last_seen_at = now(), version = version + 1, updated_at = now() WHERE id = $1`,
      [id, hash, fullName, locale],
    );
  }

  /** Whether any account was ever made here, deleted ones included. */
  async any(tx: UnitOfWorkTx): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>('SELECT EXISTS (SELECT 1 FROM users) AS found');
    return row?.found === true;
  }

  /** Whether the portal has an owner. */
  async ownerExists(tx: UnitOfWorkTx): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM user_roles ur JOIN users u ON u.id = ur.user_id
         WHERE ur.role_key = 'owner' AND u.deleted_at IS NULL) AS found`,
    );
    return row?.found === true;
  }
}
