import type { RocketChatPlan } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** Statements on the one row that holds the last look. */
@Injectable()
export class DriftRepository {
  constructor(private readonly database: Database) {}

  /** Whether it is this process that looks: true for one of all of them, once after `since`. */
  async claim(since: Date): Promise<boolean> {
    const claimed = await this.database.execute(
      `INSERT INTO rocketchat_drift (id, claimed_at) VALUES (true, now())
       ON CONFLICT (id) DO UPDATE SET claimed_at = now()
       WHERE rocketchat_drift.claimed_at IS NULL OR rocketchat_drift.claimed_at < $1`,
      [since],
    );
    return claimed > 0;
  }

  async save(found: RocketChatPlan): Promise<Date> {
    const [row] = await this.database.query<{ checkedAt: Date }>(
      `INSERT INTO rocketchat_drift (id, checked_at, found) VALUES (true, now(), $1)
       ON CONFLICT (id) DO UPDATE SET checked_at = now(), found = excluded.found RETURNING checked_at AS "checkedAt"`,
      [JSON.stringify(found)],
    );
    return row?.checkedAt ?? new Date();
  }

  async last(): Promise<{ checkedAt: Date; found: RocketChatPlan } | null> {
    const [row] = await this.database.query<{ checkedAt: Date; found: RocketChatPlan }>(
      `SELECT checked_at AS "checkedAt", found FROM rocketchat_drift WHERE found IS NOT NULL`,
    );
    return row ?? null;
  }
}
