import { Injectable } from '@nestjs/common';
import { violatedUnique } from '../../../common/errors/database-errors.js';
import { Database } from '../../../database/database.js';
import type { Link, LinkError, LinkRecord } from './link.js';

const LINK = 'user_id AS "userId", rc_user_id AS "rocketChatId", username, state';
const RECORD = `${LINK}, written, creating, conflict, choice, last_error AS "lastError"`;

const COLUMNS = {
  rocketChatId: 'rc_user_id',
  username: 'username',
  state: 'state',
  written: 'written',
  creating: 'creating',
  conflict: 'conflict',
  choice: 'choice',
  lastError: 'last_error',
} as const satisfies Record<keyof Omit<LinkRecord, 'userId'>, string>;

/** Statements on who is who in Rocket.Chat. */
@Injectable()
export class LinksRepository {
  constructor(private readonly database: Database) {}

  findMany(userIds: readonly string[]): Promise<Link[]> {
    return this.database.query<Link>(`SELECT ${LINK} FROM rocketchat_links WHERE user_id = ANY($1::uuid[])`, [userIds]);
  }

  async byRocketChatId(id: string): Promise<LinkRecord | null> {
    const [link] = await this.database.query<LinkRecord>(
      `SELECT ${RECORD} FROM rocketchat_links WHERE rc_user_id = $1`,
      [id],
    );
    return link ?? null;
  }

  /** Everything about the links of these accounts; foreign ones are left out. */
  ofAccounts(rocketChatIds: readonly string[]): Promise<LinkRecord[]> {
    return this.database.query<LinkRecord>(
      `SELECT ${RECORD} FROM rocketchat_links WHERE rc_user_id = ANY($1::text[])`,
      [rocketChatIds],
    );
  }

  /** Everything about one link; as it begins when there is none. */
  async record(userId: string): Promise<LinkRecord> {
    const [record] = await this.database.query<LinkRecord>(
      `SELECT ${RECORD} FROM rocketchat_links WHERE user_id = $1`,
      [userId],
    );
    const nothing = {
      rocketChatId: null,
      username: null,
      creating: null,
      conflict: null,
      choice: null,
      lastError: null,
    };
    return record ?? { userId, state: 'waiting', written: {}, ...nothing };
  }

  /** Writes what is named. @returns false when the account of Rocket.Chat is somebody else's */
  async save(userId: string, change: Partial<Omit<LinkRecord, 'userId'>>): Promise<boolean> {
    const entries = Object.entries(change) as [keyof typeof COLUMNS, unknown][];
    const columns = entries.map(([member]) => COLUMNS[member]);
    const values = entries.map(([, value]) =>
      typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
    );
    try {
      await this.database.execute(
        `INSERT INTO rocketchat_links (user_id, ${columns.join(', ')})
         VALUES ($1, ${columns.map((_column, index) => `$${index + 2}`).join(', ')})
         ON CONFLICT (user_id) DO UPDATE SET updated_at = now(), ${columns.map((one) => `${one} = excluded.${one}`).join(', ')}`,
        [userId, ...values],
      );
      return true;
    } catch (error) {
      if (violatedUnique(error) === 'rocketchat_links_account') return false;
      throw error;
    }
  }

  /** The last try failed: nothing is known to be right. */
  async failed(userId: string, error: LinkError): Promise<void> {
    await this.save(userId, { lastError: error });
    await this.database.execute('UPDATE rocketchat_links SET synced_at = NULL WHERE user_id = $1', [userId]);
  }

  /** Everything is as it shall be, as far as this person is concerned. */
  async synced(userId: string): Promise<void> {
    await this.database.execute('UPDATE rocketchat_links SET synced_at = now() WHERE user_id = $1', [userId]);
  }

  /** These were compared and found as they shall be. Whoever was not known to be right stays so until a look of their own. */
  async seenRight(userIds: readonly string[]): Promise<void> {
    await this.database.execute(
      'UPDATE rocketchat_links SET synced_at = now() WHERE user_id = ANY($1::uuid[]) AND synced_at IS NOT NULL',
      [userIds],
    );
  }

  /** While Rocket.Chat is not connected nobody follows: all have to be looked at when it is again. */
  async forgetAllSynced(): Promise<void> {
    await this.database.execute('UPDATE rocketchat_links SET synced_at = NULL WHERE synced_at IS NOT NULL');
  }

  /** The accounts of everybody who has one: Rocket.Chat's id → person. */
  async accounts(): Promise<Map<string, string>> {
    const rows = await this.database.query<{ userId: string; rocketChatId: string }>(
      'SELECT user_id AS "userId", rc_user_id AS "rocketChatId" FROM rocketchat_links WHERE rc_user_id IS NOT NULL',
    );
    return new Map(rows.map(({ userId, rocketChatId }) => [rocketChatId, userId]));
  }
}
