import { Injectable } from '@nestjs/common';
import type { Locale, UpdateMe, UserListQuery, UserStatus } from '@besedka/contracts';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { ReadScope } from '../roles/reach.js';
import { containing, userListStatement } from './user-list.query.js';
import { type ListedUserRow, SUMMARY_COLUMNS, type SummaryRow, USER_COLUMNS, type UserRow } from './users.rows.js';

/** What is stored of a new account. */
export interface NewUser {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string;
  readonly locale: Locale;
  readonly status: UserStatus;
  readonly passwordHash: string | null;
}

/** The editable fields of an account, already checked. */
export interface UserFields {
  readonly username: string;
  readonly email: string | null;
  readonly fullName: string;
  readonly locale: Locale;
  readonly status: UserStatus;
}

/** Addresses are compared without regard to case. */
export const emailKey = (email: string | null): string | null => email?.toLowerCase() ?? null;

/** Statements on accounts. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  list(query: UserListQuery, scope: ReadScope | null): Promise<ListedUserRow[]> {
    const { sql, params } = userListStatement(query, scope);
    return this.database.query<ListedUserRow>(sql, params);
  }

  /** A living account. */
  async find(id: string, runner: Pick<UnitOfWorkTx, 'query'> = this.database): Promise<UserRow | null> {
    const [row] = await runner.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL`,
      [id],
    );
    return row ?? null;
  }

  /** A living account, locked until the transaction ends. */
  async lock(tx: UnitOfWorkTx, id: string): Promise<UserRow | null> {
    const [row] = await tx.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL FOR UPDATE`,
      [id],
    );
    return row ?? null;
  }

  /** User names of living accounts, other than `exceptId`, that have one of these names. */
  async namesTaken(tx: UnitOfWorkTx, plainNames: readonly string[], exceptId: string | null): Promise<string[]> {
    const rows = await tx.query<{ username: string }>(
      'SELECT username FROM users WHERE username = ANY ($1::text[]) AND deleted_at IS NULL AND id IS DISTINCT FROM $2::uuid',
      [plainNames, exceptId],
    );
    return rows.map((row) => row.username);
  }

  /** User name of the living account, other than `exceptId`, with this address. */
  async emailOwner(tx: UnitOfWorkTx, email: string, exceptId: string | null): Promise<string | null> {
    const [row] = await tx.query<{ username: string }>(
      'SELECT username FROM users WHERE email_key = $1 AND deleted_at IS NULL AND id IS DISTINCT FROM $2::uuid',
      [emailKey(email), exceptId],
    );
    return row?.username ?? null;
  }

  async insert(tx: UnitOfWorkTx, user: NewUser): Promise<void> {
    await tx.query(
      `INSERT INTO users (id, username, email, email_key, full_name, locale, status, password_hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        user.id,
        user.username,
        user.email,
        emailKey(user.email),
        user.fullName,
        user.locale,
        user.status,
        user.passwordHash,
      ],
    );
  }

  async update(tx: UnitOfWorkTx, id: string, fields: UserFields): Promise<void> {
    await tx.query(
      `UPDATE users SET username = $2, email = $3, email_key = $4, full_name = $5, locale = $6, status = $7,
         version = version + 1, updated_at = now() WHERE id = $1`,
      [id, fields.username, fields.email, emailKey(fields.email), fields.fullName, fields.locale, fields.status],
    );
  }

  /** Own profile and settings; what is not named stays. */
  async updateOwn(tx: UnitOfWorkTx, id: string, changes: UpdateMe): Promise<void> {
    await tx.query(
      `UPDATE users SET full_name = coalesce($2, full_name), locale = coalesce($3, locale), theme = coalesce($4, theme),
         enter_sends = coalesce($5::boolean, enter_sends), version = version + 1, updated_at = now() WHERE id = $1`,
      [id, changes.fullName ?? null, changes.locale ?? null, changes.theme ?? null, changes.enterSends ?? null],
    );
  }

  /** Roles stand in their own table; this makes their change visible in the account's version. */
  async touch(tx: UnitOfWorkTx, id: string): Promise<void> {
    await tx.query('UPDATE users SET version = version + 1, updated_at = now() WHERE id = $1', [id]);
  }

  /** Frees user name and address for others; nothing is forgotten. */
  async softDelete(tx: UnitOfWorkTx, id: string): Promise<void> {
    await tx.query('UPDATE users SET deleted_at = now(), version = version + 1, updated_at = now() WHERE id = $1', [
      id,
    ]);
  }

  /** Also of deleted people: their messages stay. */
  summaries(ids: readonly string[]): Promise<SummaryRow[]> {
    return this.database.query<SummaryRow>(
      `SELECT ${SUMMARY_COLUMNS} FROM users u WHERE u.id = ANY ($1::uuid[])`,
      [ids],
      { name: 'user-summaries' },
    );
  }

  /** Active people by name, the extra row included. */
  directory(options: {
    exceptId: string;
    q: string | undefined;
    after: { name: string; id: string } | null;
    limit: number;
  }): Promise<SummaryRow[]> {
    const q = options.q === undefined || options.q === '' ? null : containing(options.q);
    return this.database.query<SummaryRow>(
      `SELECT ${SUMMARY_COLUMNS} FROM users u
       WHERE u.deleted_at IS NULL AND u.status = 'active' AND u.id <> $1
         AND ($2::text IS NULL OR u.full_name ILIKE $2 OR u.username ILIKE $2)
         AND ($3::text IS NULL OR (u.full_name, u.id) > ($3::text, $4::uuid))
       ORDER BY u.full_name, u.id LIMIT $5`,
      [options.exceptId, q, options.after?.name ?? null, options.after?.id ?? null, options.limit + 1],
    );
  }

  /** Which of these are living, active accounts. */
  async active(ids: readonly string[], runner: Pick<UnitOfWorkTx, 'query'> = this.database): Promise<string[]> {
    const rows = await runner.query<{ id: string }>(
      `SELECT id FROM users WHERE id = ANY ($1::uuid[]) AND status = 'active' AND deleted_at IS NULL`,
      [ids],
    );
    return rows.map((row) => row.id);
  }

  async lastSeen(ids: readonly string[]): Promise<Map<string, Date | null>> {
    const rows = await this.database.query<{ id: string; at: Date | null }>(
      'SELECT id, last_seen_at AS at FROM users WHERE id = ANY ($1::uuid[])',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row.at]));
  }

  async markSeen(ids: readonly string[]): Promise<void> {
    await this.database.execute('UPDATE users SET last_seen_at = now() WHERE id = ANY ($1::uuid[])', [ids]);
  }
}
