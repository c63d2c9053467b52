import type { RocketChatBackupFile, RocketChatBackupReason } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

export interface BackupRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly reason: RocketChatBackupReason;
  readonly content: RocketChatBackupFile;
}

/** How many stay; the one that `rollback` returns to is among them, however old. */
export const BACKUPS_KEPT = 10;

const ROW = 'id, created_at AS "createdAt", reason, content';

/** Statements on kept backups. */
@Injectable()
export class BackupsRepository {
  constructor(private readonly database: Database) {}

  /** Keeps one and forgets those that are too many. */
  async insert(id: string, reason: RocketChatBackupReason, content: RocketChatBackupFile): Promise<void> {
    await this.database.execute('INSERT INTO rocketchat_backups (id, reason, content) VALUES ($1, $2, $3)', [
      id,
      reason,
      JSON.stringify(content),
    ]);
    await this.database.execute(
      `DELETE FROM rocketchat_backups
       WHERE id NOT IN (SELECT id FROM rocketchat_backups ORDER BY id DESC LIMIT $1)
         AND id <> ALL (SELECT id FROM rocketchat_backups WHERE reason = 'apply' ORDER BY id DESC LIMIT 1)`,
      [BACKUPS_KEPT],
    );
  }

  /** The latest first, without their contents. */
  list(): Promise<(Omit<BackupRow, 'content'> & { serverVersion: string; channels: number; settings: number })[]> {
    return this.database.query(
      `SELECT id, created_at AS "createdAt", reason, content->'server'->>'version' AS "serverVersion",
         jsonb_array_length(content->'channels') AS channels,
         (SELECT count(*)::int FROM jsonb_object_keys(content->'settings')) AS settings
       FROM rocketchat_backups ORDER BY id DESC`,
    );
  }

  async find(id: string): Promise<BackupRow | null> {
    const [row] = await this.database.query<BackupRow>(`SELECT ${ROW} FROM rocketchat_backups WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** The latest that was kept before a run of `apply`. */
  async beforeApply(): Promise<(BackupRow & { finished: boolean }) | null> {
    const [row] = await this.database.query<BackupRow & { finished: boolean }>(
      `SELECT ${ROW}, finished_at IS NOT NULL AS finished FROM rocketchat_backups
       WHERE reason = 'apply' ORDER BY id DESC LIMIT 1`,
    );
    return row ?? null;
  }

  /** Whether there is such a one; the content stays where it is. */
  async hasBeforeApply(): Promise<boolean> {
    const rows = await this.database.query(`SELECT 1 FROM rocketchat_backups WHERE reason = 'apply' LIMIT 1`);
    return rows.length > 0;
  }

  /** The run that it was kept for is through. */
  async finish(id: string): Promise<void> {
    await this.database.execute('UPDATE rocketchat_backups SET finished_at = now() WHERE id = $1', [id]);
  }
}
