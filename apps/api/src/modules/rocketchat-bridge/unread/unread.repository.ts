import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { StoredRoom } from './member-rooms.js';
import type { RoomPost } from './room-posts.js';

/** What is kept over a restart. Everything is written in bulk, at intervals: never a row per member and message. */
@Injectable()
export class UnreadRepository {
  constructor(private readonly database: Database) {}

  async posts(): Promise<[roomId: string, post: RoomPost][]> {
    const rows = await this.database.query<{ roomId: string } & RoomPost>(
      `SELECT room_id AS "roomId", posted_by AS by, ${milliseconds('posted_at')} AS at,
              coalesce(${milliseconds('others_at')}, 0) AS "othersAt"
       FROM rocketchat_room_posts`,
    );
    return rows.map(({ roomId, ...post }) => [roomId, post]);
  }

  async savePosts(posts: readonly (readonly [roomId: string, post: RoomPost])[]): Promise<void> {
    await this.database.execute(
      `INSERT INTO rocketchat_room_posts (room_id, posted_by, posted_at, others_at)
       SELECT room_id, posted_by, to_timestamp(posted_at / 1000), to_timestamp(nullif(others_at, 0) / 1000)
       FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[]) AS t (room_id, posted_by, posted_at, others_at)
       ON CONFLICT (room_id) DO UPDATE
       SET posted_by = excluded.posted_by, posted_at = excluded.posted_at, others_at = excluded.others_at`,
      [
        posts.map(([roomId]) => roomId),
        posts.map(([, { by }]) => by),
        posts.map(([, { at }]) => at),
        posts.map(([, { othersAt }]) => othersAt),
      ],
    );
  }

  /** Lists as they were last known; who has none is missing. */
  async lists(userIds: readonly string[]): Promise<Map<string, StoredRoom[]>> {
    const rows = await this.database.query<{ userId: string; rooms: StoredRoom[] }>(
      'SELECT user_id AS "userId", rooms FROM rocketchat_room_lists WHERE user_id = ANY($1::uuid[])',
      [userIds],
    );
    return new Map(rows.map(({ userId, rooms }) => [userId, rooms]));
  }

  /** Lists of accounts that are gone meanwhile are left out. */
  async saveLists(lists: readonly { readonly userId: string; readonly rooms: readonly StoredRoom[] }[]): Promise<void> {
    await this.database.execute(
      `INSERT INTO rocketchat_room_lists (user_id, rooms)
       SELECT t.user_id, t.rooms FROM unnest($1::uuid[], $2::jsonb[]) AS t (user_id, rooms)
       WHERE EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id)
       ON CONFLICT (user_id) DO UPDATE SET rooms = excluded.rooms, noted_at = now()`,
      [lists.map(({ userId }) => userId), lists.map(({ rooms }) => JSON.stringify(rooms))],
    );
  }

  /** Where the change stream is to go on; null: from now on. */
  async resumeToken(): Promise<unknown> {
    const [row] = await this.database.query<{ token: unknown }>('SELECT token FROM rocketchat_change_stream');
    return row?.token ?? null;
  }

  /** Null forgets it. */
  async saveResumeToken(token: unknown): Promise<void> {
    await this.database.execute(
      `INSERT INTO rocketchat_change_stream (id, token) VALUES (true, $1)
       ON CONFLICT (id) DO UPDATE SET token = excluded.token, noted_at = now()`,
      [token === null ? null : JSON.stringify(token)],
    );
  }

  /** Full names of our people by their user names in Rocket.Chat. */
  async namesOf(usernames: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ username: string; name: string }>(
      `SELECT l.username, u.full_name AS name FROM rocketchat_links l JOIN users u ON u.id = l.user_id
       WHERE l.username = ANY($1)`,
      [usernames],
    );
    return new Map(rows.map(({ username, name }) => [username, name]));
  }
}

const milliseconds = (column: string): string => `round(extract(epoch FROM ${column}) * 1000)::float8`;
