import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';

/** What the bridge keeps of its own, and the one look at accounts that it needs. */
@Injectable()
export class RoomLinksRepository {
  constructor(private readonly database: Database) {}

  /** Channel → id of its room. */
  async all(): Promise<Map<string, string>> {
    const rows = await this.database.query<{ channel: string; roomId: string }>(
      'SELECT channel, room_id AS "roomId" FROM rocketchat_rooms',
    );
    return new Map(rows.map(({ channel, roomId }) => [channel, roomId]));
  }

  /** Notes the room of a channel, in place of a former one. */
  async link(channel: string, roomId: string): Promise<void> {
    await this.database.execute(
      `INSERT INTO rocketchat_rooms (channel, room_id) VALUES ($1, $2)
       ON CONFLICT (channel) DO UPDATE SET room_id = excluded.room_id, linked_at = now()`,
      [channel, roomId],
    );
  }

  /** Which of these user names live accounts of the portal have, whatever their case. */
  async accountsNamed(usernames: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ username: string }>(
      'SELECT username FROM users WHERE username = ANY($1) AND deleted_at IS NULL ORDER BY username',
      [usernames.map((name) => name.toLowerCase())],
    );
    return rows.map(({ username }) => username);
  }

  /** User name → groups of everybody whom the portal knows by it; somebody who may not sign in has none. Those unknown are missing. */
  async groupsOf(usernames: readonly string[]): Promise<Map<string, Set<string>>> {
    const rows = await this.database.query<{ username: string; active: boolean; groups: string[] | null }>(
      `SELECT u.username, u.status = 'active' AS active, r.groups
       FROM users u
       LEFT JOIN user_roles ur ON ur.user_id = u.id
       LEFT JOIN roles r ON r.key = ur.role_key
       WHERE u.username = ANY($1) AND u.deleted_at IS NULL`,
      [usernames.map((name) => name.toLowerCase())],
    );
    const groups = new Map<string, Set<string>>();
    for (const { username, active, groups: more } of rows) {
      const known = groups.get(username) ?? new Set();
      if (active) for (const group of more ?? []) known.add(group);
      groups.set(username, known);
    }
    return groups;
  }
}
