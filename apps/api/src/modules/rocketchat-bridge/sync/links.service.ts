import { Injectable } from '@nestjs/common';
import type { Link } from './link.js';
import { LinksRepository } from './links.repository.js';

/** Who of ours is who in Rocket.Chat. */
@Injectable()
export class LinksService {
  constructor(private readonly repository: LinksRepository) {}

  /** Null: nothing was tried for this person yet. */
  async find(userId: string): Promise<Link | null> {
    return (await this.repository.findMany([userId]))[0] ?? null;
  }

  /** By our user ids; those for whom nothing was tried yet are missing. */
  async findMany(userIds: readonly string[]): Promise<Map<string, Link>> {
    if (userIds.length === 0) return new Map();
    return new Map((await this.repository.findMany(userIds)).map((link) => [link.userId, link]));
  }

  /** The person whose account this is; null: a foreign one. */
  byRocketChatId(id: string): Promise<Link | null> {
    return this.repository.byRocketChatId(id);
  }
}
