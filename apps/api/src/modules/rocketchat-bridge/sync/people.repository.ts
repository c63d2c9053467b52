import { GROUPS, OWNER_ROLE, type Permission } from '@besedka/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Person } from './person.js';

/** Who of those that have it is a moderator of rooms there. */
const MODERATES: Permission = 'chats:moderate';

/**
 * The one statement behind everything that is written to Rocket.Chat. It reads across users and roles on purpose, as the look-up of access
 * tokens does: what is written is one moment of the portal.
 */
const PERSON = `SELECT u.id AS "userId", u.username, u.full_name AS "fullName", u.email, u.avatar_version AS "avatarVersion",
  u.status = 'active' AND u.deleted_at IS NULL AS "isActive", u.deleted_at IS NOT NULL AS "isDeleted",
  ARRAY(SELECT DISTINCT g FROM user_roles ur JOIN roles r ON r.key = ur.role_key, unnest(r.groups) g
        WHERE ur.user_id = u.id AND g = ANY($2::text[]) ORDER BY g) AS groups,
  EXISTS (SELECT 1 FROM user_roles ur WHERE ur.user_id = u.id AND ur.role_key = $3) AS "isOwner",
  EXISTS (SELECT 1 FROM user_roles ur JOIN roles r ON r.key = ur.role_key
          WHERE ur.user_id = u.id AND $4 = ANY(r.permissions)) AS moderates
  FROM users u WHERE u.id = ANY($1::uuid[])`;

/** People as the portal knows them. */
@Injectable()
export class PeopleRepository {
  constructor(private readonly database: Database) {}

  /** Null: there never was such an account. Deleted ones are found. */
  async find(userId: string): Promise<Person | null> {
    return (await this.findMany([userId]))[0] ?? null;
  }

  findMany(userIds: readonly string[]): Promise<Person[]> {
    return this.database.query<Person>(PERSON, [userIds, GROUPS, OWNER_ROLE, MODERATES], { name: 'rocketchat-person' });
  }

  /**
   * A page of those whose state in Rocket.Chat is not known to be right: never looked at, failed, in conflict, or not looked at since it
   * was connected.
   * @param after the last id of the page before
   */
  async unknown(after: string | null, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT u.id FROM users u LEFT JOIN rocketchat_links l ON l.user_id = u.id
       WHERE ($1::uuid IS NULL OR u.id > $1) AND (l.synced_at IS NULL OR l.state = 'conflict')
         AND (l.user_id IS NOT NULL OR (u.status = 'active' AND u.deleted_at IS NULL))
       ORDER BY u.id LIMIT $2`,
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }
}
