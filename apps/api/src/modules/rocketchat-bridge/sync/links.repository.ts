import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Link } from './link.js';

const LINK = 'user_id AS "userId", rc_user_id AS "rocketChatId", username, state';

/** Statements on who is who in Rocket.Chat. */
@Injectable()
export class LinksRepository {
  constructor(private readonly database: Database) {}

  findMany(userIds: readonly string[]): Promise<Link[]> {
    return this.database.query<Link>(`SELECT ${LINK} FROM rocketchat_links WHERE user_id = ANY($1::uuid[])`, [userIds]);
  }

  async byRocketChatId(id: string): Promise<Link | null> {
    const [link] = await this.database.query<Link>(`SELECT ${LINK} FROM rocketchat_links WHERE rc_user_id = $1`, [id]);
    return link ?? null;
  }
}
