import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';

export type LinkPurpose = 'activate' | 'reset';

/** Seconds that a link is valid. */
const LIFETIME: Record<LinkPurpose, number> = { activate: 7 * 86_400, reset: 3_600 };

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Links sent by mail: random, stored as a hash, valid once and for a while; a new one voids those before. */
@Injectable()
export class LinkTokensService {
  constructor(private readonly database: Database) {}

  async create(tx: UnitOfWorkTx, userId: string, purpose: LinkPurpose): Promise<{ token: string; expiresAt: Date }> {
    await this.void(tx, userId, purpose);
    const token = randomBytes(32).toString('base64url');
    const [row] = await tx.query<{ expiresAt: Date }>(
      `INSERT INTO link_tokens (token_hash, user_id, purpose, expires_at)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4)) RETURNING expires_at AS "expiresAt"`,
      [hashOf(token), userId, purpose, LIFETIME[purpose]],
    );
    if (row === undefined) throw new Error('the link was not stored');
    return { token, expiresAt: row.expiresAt };
  }

  /** Makes all unused links of this purpose worthless. */
  async void(tx: UnitOfWorkTx, userId: string, purpose: LinkPurpose): Promise<void> {
    await tx.query('DELETE FROM link_tokens WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL', [
      userId,
      purpose,
    ]);
  }

  /** Uses the link up: of several at once exactly one succeeds. @throws AppError `token_invalid` */
  async consume(tx: UnitOfWorkTx, token: string, purpose: LinkPurpose): Promise<string> {
    const [row] = await tx.query<{ userId: string }>(
      `UPDATE link_tokens SET used_at = now()
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now() RETURNING user_id AS "userId"`,
      [hashOf(token), purpose],
    );
    if (row === undefined) throw new AppError('token_invalid');
    return row.userId;
  }

  /** Whose link it is, without using it. @throws AppError `token_invalid` */
  async look(token: string, purpose: LinkPurpose): Promise<{ userId: string; expiresAt: Date }> {
    const [row] = await this.database.query<{ userId: string; expiresAt: Date }>(
      `SELECT user_id AS "userId", expires_at AS "expiresAt" FROM link_tokens
       WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()`,
      [hashOf(token), purpose],
    );
    if (row === undefined) throw new AppError('token_invalid');
    return row;
  }

  /** Whether a link of this purpose was made within the last seconds. */
  async madeWithin(tx: UnitOfWorkTx, userId: string, purpose: LinkPurpose, seconds: number): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM link_tokens
       WHERE user_id = $1 AND purpose = $2 AND created_at > now() - make_interval(secs => $3) LIMIT 1`,
      [userId, purpose, seconds],
    );
    return rows.length > 0;
  }

  /** Removes links that nobody can use, a bounded number at once. @returns how many went */
  removeOld(limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM link_tokens WHERE token_hash IN (
         SELECT token_hash FROM link_tokens WHERE expires_at < now() - interval '1 day' LIMIT $1)`,
      [limit],
    );
  }
}
