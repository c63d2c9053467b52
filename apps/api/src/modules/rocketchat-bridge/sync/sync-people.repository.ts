import type { RocketChatSync, RocketChatSyncQuery, RocketChatSyncState } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../../database/database.js';
import { decodeCursor } from '../../../database/keyset.js';
import type { UnitOfWorkTx } from '../../../database/unit-of-work.js';
import type { LinkChoice, LinkConflict, LinkError } from './link.js';
import { SYNC_TOPIC } from './sync-queue.js';

/** A person as the page shows them. */
export interface SyncPersonRow {
  readonly userId: string;
  readonly username: string;
  readonly fullName: string;
  readonly rocketChatUsername: string | null;
  readonly state: RocketChatSyncState;
  readonly conflict: LinkConflict | null;
  readonly choice: LinkChoice | null;
  readonly error: LinkError | null;
  readonly syncedAt: Date | null;
}

/** Everybody who has or shall have an account, with what is still to be done. `$1`: the topic. */
const PEOPLE = `SELECT u.id AS "userId", u.username, u.full_name AS "fullName", l.username AS "rocketChatUsername",
  l.conflict, l.choice, l.last_error AS error, l.synced_at AS "syncedAt",
  CASE WHEN l.state = 'conflict' THEN 'conflict'
       WHEN l.last_error IS NOT NULL AND l.synced_at IS NULL THEN 'failing'
       WHEN o.id IS NOT NULL OR l.synced_at IS NULL THEN 'waiting'
       ELSE 'ready' END AS state
  FROM users u LEFT JOIN rocketchat_links l ON l.user_id = u.id
  LEFT JOIN LATERAL (SELECT id FROM outbox WHERE topic = $1 AND key = u.id::text AND done_at IS NULL LIMIT 1) o ON true
  WHERE o.id IS NOT NULL OR l.rc_user_id IS NOT NULL OR l.state = 'conflict' OR (l.user_id IS NOT NULL AND l.synced_at IS NULL)`;

/** An admin has answered that they stay without an account. */
const REFUSED = `(choice IS NOT NULL AND choice->>'kind' = 'refuse')`;

/** People and their accounts for the page of administrators. */
@Injectable()
export class SyncPeopleRepository {
  constructor(private readonly database: Database) {}

  /** One row more than the limit tells that there is another page. @throws AppError `bad_cursor` */
  list({ state, cursor, limit }: RocketChatSyncQuery): Promise<SyncPersonRow[]> {
    const after = decodeCursor(cursor, z.strictObject({ id: z.uuid() }));
    return this.database.query<SyncPersonRow>(
      `SELECT * FROM (${PEOPLE}) p WHERE ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR "userId" > $3)
       ORDER BY "userId" LIMIT $4`,
      [SYNC_TOPIC, state ?? null, after?.id ?? null, limit + 1],
    );
  }

  async counts(): Promise<RocketChatSync['counts']> {
    const [row] = await this.database.query<RocketChatSync['counts']>(
      `SELECT count(*) FILTER (WHERE state = 'ready')::int AS ready, count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
         count(*) FILTER (WHERE state = 'failing')::int AS failing,
         count(*) FILTER (WHERE state = 'conflict' AND NOT ${REFUSED})::int AS conflict,
         count(*) FILTER (WHERE state = 'conflict' AND ${REFUSED})::int AS decided
       FROM (${PEOPLE}) p`,
      [SYNC_TOPIC],
    );
    return row ?? { ready: 0, waiting: 0, failing: 0, conflict: 0, decided: 0 };
  }

  /** The person's user name and conflict, locked until the transaction ends; null: there is none. */
  async lockConflict(tx: UnitOfWorkTx, userId: string): Promise<{ username: string; conflict: LinkConflict } | null> {
    const [row] = await tx.query<{ username: string; conflict: LinkConflict }>(
      `SELECT u.username, l.conflict FROM rocketchat_links l JOIN users u ON u.id = l.user_id
       WHERE l.user_id = $1 AND l.state = 'conflict' AND l.conflict IS NOT NULL FOR UPDATE OF l`,
      [userId],
    );
    return row ?? null;
  }

  async choose(tx: UnitOfWorkTx, userId: string, choice: LinkChoice): Promise<void> {
    await tx.query('UPDATE rocketchat_links SET choice = $2, updated_at = now() WHERE user_id = $1', [
      userId,
      JSON.stringify(choice),
    ]);
  }

  async exists(tx: UnitOfWorkTx, userId: string): Promise<boolean> {
    return (await tx.query('SELECT 1 FROM users WHERE id = $1', [userId])).length > 0;
  }
}
