import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { UnitOfWorkTx } from '../../../database/unit-of-work.js';
import type { RocketChatSignInEntity } from './entities/rocketchat-sign-in.entity.js';

/** A session that may still be used. */
const LIVE = `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.ended_at IS NULL AND s.expires_at > now() AND u.status = 'active' AND u.deleted_at IS NULL`;

/** A login token that is kept for a session. */
export type KeptToken = Pick<RocketChatSignInEntity, 'id' | 'createdAt' | 'givenAt' | 'expiresAt'> & {
  readonly rocketChatId: string;
  readonly token: Buffer;
};

/** A sign-in that shall be over. */
export type EndedSignIn = Pick<RocketChatSignInEntity, 'id' | 'sessionId' | 'rocketChatId' | 'token' | 'everywhere'>;

type Runner = Pick<UnitOfWorkTx, 'query'>;

/** Statements on who is signed in to Rocket.Chat through which session. */
@Injectable()
export class SignInsRepository {
  constructor(private readonly database: Database) {}

  /** The latest token of a session that was not ended. */
  async kept(sessionId: string): Promise<KeptToken | null> {
    const [row] = await this.database.query<KeptToken>(
      `SELECT id, rc_user_id AS "rocketChatId", token, created_at AS "createdAt", given_at AS "givenAt", expires_at AS "expiresAt"
       FROM rocketchat_sign_ins WHERE session_id = $1 AND token IS NOT NULL AND ended_at IS NULL AND expires_at > now()
       ORDER BY id DESC LIMIT 1`,
      [sessionId],
      { name: 'rocketchat-kept-token' },
    );
    return row ?? null;
  }

  /** Seconds until a session may have another new token; null: now. Those that died are counted as well. @param most within so many seconds */
  async pauseOf(sessionId: string, most: number, seconds: number): Promise<number | null> {
    const [row] = await this.database.query<{ pause: number }>(
      `SELECT ceil(extract(epoch FROM min(created_at) + make_interval(secs => $3) - now()))::int AS pause FROM (
         SELECT created_at FROM rocketchat_sign_ins
         WHERE session_id = $1 AND token IS NOT NULL AND created_at > now() - make_interval(secs => $3)
         ORDER BY created_at DESC LIMIT $2) recent
       HAVING count(*) = $2`,
      [sessionId, most, seconds],
    );
    return row?.pause ?? null;
  }

  /** A token that is none any more there. The row stays for a while, without it, so that it is known how many there were. */
  async died(id: string): Promise<void> {
    await this.database.execute(`UPDATE rocketchat_sign_ins SET token = ''::bytea, expires_at = now() WHERE id = $1`, [
      id,
    ]);
  }

  async given(id: string): Promise<void> {
    await this.database.execute('UPDATE rocketchat_sign_ins SET given_at = now() WHERE id = $1', [id]);
  }

  /**
   * Notes a sign-in, if its session lives. The session is locked meanwhile: either its end sees this row, or this sees the end.
   * @returns false: the session has ended, nothing was noted
   */
  async add(row: {
    id: string;
    sessionId: string;
    userId: string;
    rocketChatId: string | null;
    token: Buffer | null;
    days: number;
  }): Promise<boolean> {
    const rows = await this.database.query(
      `WITH live AS (${LIVE} AND s.id = $2 AND s.user_id = $3 FOR SHARE OF s)
       INSERT INTO rocketchat_sign_ins (id, session_id, user_id, rc_user_id, token, expires_at)
       SELECT $1, live.id, $3, $4, $5, now() + make_interval(days => $6) FROM live RETURNING id`,
      [row.id, row.sessionId, row.userId, row.rocketChatId, row.token, row.days],
    );
    return rows.length > 0;
  }

  /** Whether a sign-in over OAuth was noted for a session: one is enough. */
  async hasOAuth(sessionId: string): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 AS one FROM rocketchat_sign_ins
       WHERE session_id = $1 AND token IS NULL AND ended_at IS NULL AND expires_at > now() + interval '1 day' LIMIT 1`,
      [sessionId],
    );
    return rows.length > 0;
  }

  /** Those of these sessions in which somebody else was signed in there and that is not over: session → user. */
  async ofOthers(sessionIds: readonly string[], userId: string): Promise<Map<string, string>> {
    if (sessionIds.length === 0) return new Map();
    const rows = await this.database.query<{ sessionId: string; userId: string }>(
      `SELECT DISTINCT session_id AS "sessionId", user_id AS "userId" FROM rocketchat_sign_ins
       WHERE session_id = ANY ($1::uuid[]) AND user_id <> $2 AND expires_at > now()`,
      [sessionIds, userId],
    );
    return new Map(rows.map((row) => [row.sessionId, row.userId]));
  }

  /** Marks the sign-ins of these sessions of a user, or of all. @returns how many were not marked before */
  async end(tx: Runner, userId: string, sessionIds: readonly string[] | 'all'): Promise<number> {
    const all = sessionIds === 'all';
    const rows = await tx.query(
      `UPDATE rocketchat_sign_ins SET ended_at = coalesce(ended_at, now()), everywhere = everywhere OR $3
       WHERE user_id = $1 AND ($3 OR session_id = ANY ($2::uuid[])) AND (ended_at IS NULL OR ($3 AND NOT everywhere))
       RETURNING id`,
      [userId, all ? [] : sessionIds, all],
    );
    return rows.length;
  }

  /** Marks the tokens of a session that belong to another account there than now. @returns how many */
  async endOtherAccounts(tx: Runner, sessionId: string, rocketChatId: string): Promise<number> {
    const rows = await tx.query(
      `UPDATE rocketchat_sign_ins SET ended_at = now()
       WHERE session_id = $1 AND rc_user_id <> $2 AND ended_at IS NULL RETURNING id`,
      [sessionId, rocketChatId],
    );
    return rows.length;
  }

  /** Marks sign-ins whose session has ended without a word: expired, or gone. A bounded number at once. @returns their users */
  async endForgotten(tx: Runner, limit: number): Promise<string[]> {
    const rows = await tx.query<{ userId: string }>(
      `UPDATE rocketchat_sign_ins SET ended_at = now() WHERE id IN (
         SELECT r.id FROM rocketchat_sign_ins r
         WHERE r.ended_at IS NULL AND NOT EXISTS (${LIVE} AND s.id = r.session_id) LIMIT $1)
       RETURNING user_id AS "userId"`,
      [limit],
    );
    return [...new Set(rows.map(({ userId }) => userId))];
  }

  /** What shall be over for a user and was not confirmed. */
  ended(userId: string): Promise<EndedSignIn[]> {
    return this.database.query<EndedSignIn>(
      `SELECT id, session_id AS "sessionId", rc_user_id AS "rocketChatId", token, everywhere FROM rocketchat_sign_ins
       WHERE user_id = $1 AND ended_at IS NOT NULL ORDER BY id`,
      [userId],
    );
  }

  async usernameOf(userId: string): Promise<string | null> {
    const [row] = await this.database.query<{ username: string }>('SELECT username FROM users WHERE id = $1', [userId]);
    return row?.username ?? null;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.database.execute('DELETE FROM rocketchat_sign_ins WHERE id = ANY ($1::uuid[])', [ids]);
  }

  /** Removes what Rocket.Chat has forgotten by itself, a bounded number at once. @returns how many went */
  removeExpired(limit: number): Promise<number> {
    return this.database.execute(
      'DELETE FROM rocketchat_sign_ins WHERE id IN (SELECT id FROM rocketchat_sign_ins WHERE expires_at < now() LIMIT $1)',
      [limit],
    );
  }
}
