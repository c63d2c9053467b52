import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

/** What an `apply` was made for: another one is due when any of it is another. */
export interface AppliedFor {
  /** Address of Rocket.Chat as browsers reach it. */
  readonly url: string;
  /** Version of Rocket.Chat. */
  readonly rocketchat: string;
  /** Version and commit of the portal. */
  readonly portal: string;
}

/** The row about the last time that the server set Rocket.Chat up by itself. */
@Injectable()
export class AppliedRepository {
  constructor(private readonly database: Database) {}

  async isNoted({ url, rocketchat, portal }: AppliedFor): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM rocketchat_applied WHERE url = $1 AND rocketchat = $2 AND portal = $3',
      [url, rocketchat, portal],
    );
    return rows.length > 0;
  }

  async note({ url, rocketchat, portal }: AppliedFor): Promise<void> {
    await this.database.execute(
      `INSERT INTO rocketchat_applied (id, url, rocketchat, portal, applied_at) VALUES (true, $1, $2, $3, now())
       ON CONFLICT (id) DO UPDATE SET url = $1, rocketchat = $2, portal = $3, applied_at = now()`,
      [url, rocketchat, portal],
    );
  }
}
