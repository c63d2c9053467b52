import { Injectable } from '@nestjs/common';
import type { SessionEndReason } from '@besedka/contracts';
import { Database } from '../../database/database.js';
import type { UnitOfWorkTx } from '../../database/unit-of-work.js';
import type { SessionEntity } from './entities/session.entity.js';

const LIVE = 'ended_at IS NULL AND expires_at > now()';
/** Both the pool and an open transaction can run these. */
type Runner = Pick<UnitOfWorkTx, 'query'>;

/** How a presented refresh token stands to its session. */
export interface RefreshState {
  readonly userId: string;
  readonly generation: number;
  readonly live: boolean;
  /** Whether the last rotation is younger than the grace window. */
  readonly inGrace: boolean;
}

/** Statements on sessions. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async insert(
    tx: Runner,
    session: { id: string; userId: string; userAgent: string; address: string; days: number },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO sessions (id, user_id, rotated_at, user_agent, address, last_seen_at, expires_at)
       VALUES ($1, $2, now(), $3, $4, now(), now() + make_interval(days => $5))`,
      [session.id, session.userId, session.userAgent, session.address, session.days],
    );
  }

  /**
   * The one statement of a refresh: raises the generation when the presented one is current, slides the expiry and notes
   * where from. @returns the owner, or null when the generation is not current or the session has ended
   */
  async rotate(
    id: string,
    generation: number,
    seen: { userAgent: string; address: string; days: number },
  ): Promise<string | null> {
    const [row] = await this.database.query<{ userId: string }>(
      `WITH rotated AS (
         UPDATE sessions s SET generation = generation + 1, rotated_at = now(), last_seen_at = now(),
           user_agent = $3, address = $4, expires_at = now() + make_interval(days => $5)
         WHERE s.id = $1 AND s.generation = $2 AND s.${LIVE}
           AND EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id AND u.status = 'active' AND u.deleted_at IS NULL)
         RETURNING s.user_id
       ), seen AS (
         UPDATE users SET last_seen_at = now() FROM rotated WHERE users.id = rotated.user_id
       )
       SELECT user_id AS "userId" FROM rotated`,
      [id, generation, seen.userAgent, seen.address, seen.days],
      { name: 'session-rotate' },
    );
    return row?.userId ?? null;
  }

  async state(id: string, graceSeconds: number): Promise<RefreshState | null> {
    const [row] = await this.database.query<RefreshState>(
      `SELECT s.user_id AS "userId", s.generation,
         (s.ended_at IS NULL AND s.expires_at > now() AND u.status = 'active' AND u.deleted_at IS NULL) AS live,
         s.rotated_at > now() - make_interval(secs => $2) AS "inGrace"
       FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1`,
      [id, graceSeconds],
      { name: 'session-state' },
    );
    return row ?? null;
  }

  /** Live sessions of a user, the latest seen first. */
  ofUser(userId: string): Promise<SessionEntity[]> {
    return this.database.query<SessionEntity>(
      `SELECT id, user_id AS "userId", user_agent AS "userAgent", address, created_at AS "createdAt",
         last_seen_at AS "lastSeenAt" FROM sessions WHERE user_id = $1 AND ${LIVE} ORDER BY last_seen_at DESC, id`,
      [userId],
    );
  }

  /** When the person of a live session last proved who they are, or null. */
  async beganAt(id: string): Promise<Date | null> {
    const [row] = await this.database.query<{ beganAt: Date }>(
      `SELECT created_at AS "beganAt" FROM sessions WHERE id = $1 AND ${LIVE}`,
      [id],
    );
    return row?.beganAt ?? null;
  }

  /** Ends one live session of this user. @returns whether there was one */
  async end(tx: Runner, userId: string, id: string, reason: SessionEndReason): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE sessions SET ended_at = now(), end_reason = $3 WHERE id = $2 AND user_id = $1 AND ended_at IS NULL
       RETURNING id`,
      [userId, id, reason],
    );
    return rows.length > 0;
  }

  /** Ends all live sessions of a user but one. @returns the ids of those that ended */
  async endAll(tx: Runner, userId: string, reason: SessionEndReason, except: string | null): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `UPDATE sessions SET ended_at = now(), end_reason = $2
       WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3::uuid RETURNING id`,
      [userId, reason, except],
    );
    return rows.map((row) => row.id);
  }

  /**
   * Removes what nobody can use any more, a bounded number at once. A browser's sign-in that has only run out stays for as long as an
   * application can refresh what came of it: with the row it would lose its tokens, although nobody took anything back.
   * @returns how many went
   */
  removeOld(olderThanDays: number, limit: number): Promise<number> {
    return this.database.execute(
      `DELETE FROM sessions WHERE id IN (
         SELECT s.id FROM sessions s WHERE least(s.ended_at, s.expires_at) < now() - make_interval(days => $1)
           AND (s.ended_at IS NOT NULL OR NOT EXISTS (
             SELECT 1 FROM oauth_grants g WHERE g.session_id = s.id AND g.ended_at IS NULL AND g.expires_at > now()))
         LIMIT $2)`,
      [olderThanDays, limit],
    );
  }
}
