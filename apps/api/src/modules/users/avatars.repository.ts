import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import { SUMMARY_COLUMNS, type SummaryRow } from './users.rows.js';

/** Statements on pictures. */
@Injectable()
export class AvatarsRepository {
  constructor(private readonly database: Database) {}

  /** The picture, when this is its present version. */
  async find(userId: string, version: number): Promise<Buffer | null> {
    const [row] = await this.database.query<{ content: Buffer }>(
      `SELECT a.content FROM avatars a JOIN users u ON u.id = a.user_id WHERE u.id = $1 AND u.avatar_version = $2`,
      [userId, version],
    );
    return row?.content ?? null;
  }

  /** Stores the picture under a version that no picture of this user ever had. */
  async put(tx: UnitOfWorkTx, userId: string, content: Buffer): Promise<SummaryRow | null> {
    await tx.query(
      'INSERT INTO avatars (user_id, content) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET content = excluded.content',
      [userId, content],
    );
    // Seconds since 1970: rising, and never used again after a picture was removed (0) and another one set.
    return this.setVersion(tx, userId, `greatest(extract(epoch FROM clock_timestamp())::int, avatar_version + 1)`);
  }

  async remove(tx: UnitOfWorkTx, userId: string): Promise<SummaryRow | null> {
    await tx.query('DELETE FROM avatars WHERE user_id = $1', [userId]);
    return this.setVersion(tx, userId, '0');
  }

  private async setVersion(tx: UnitOfWorkTx, userId: string, expression: string): Promise<SummaryRow | null> {
    const [row] = await tx.query<SummaryRow>(
      `UPDATE users u SET avatar_version = ${expression} WHERE id = $1 AND deleted_at IS NULL RETURNING ${SUMMARY_COLUMNS}`,
      [userId],
    );
    return row ?? null;
  }
}
