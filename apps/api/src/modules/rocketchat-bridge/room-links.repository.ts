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
}
