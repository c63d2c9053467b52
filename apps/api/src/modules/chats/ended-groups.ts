import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Rounds } from '../../common/lifecycle/rounds.js';
import { LOGGER } from '../../common/logging/logger.js';
import { Database } from '../../database/database.js';

const EVERY_MS = 600_000;
/** Rows that one statement removes: short locks, far below any timeout, whatever the size of the group. */
const AT_ONCE = 1_000;
/** Statements that one round may use; the rest waits for the next. */
const STATEMENTS_MAX = 1_000;
/** Groups that one round looks at. */
const GROUPS_AT_ONCE = 100;

const ENDED = `
SELECT c.id FROM chats c
WHERE c.kind = 'group' AND NOT EXISTS (SELECT 1 FROM chat_members m WHERE m.chat_id = c.id) ORDER BY c.id LIMIT $1`;

/** In this order each statement leaves little to cascade to. What remains after the last batch is the empty chat. */
const BATCHES = [
  `DELETE FROM message_revisions WHERE (chat_id, seq, rev) IN (
     SELECT chat_id, seq, rev FROM message_revisions WHERE chat_id = $1 ORDER BY seq, rev LIMIT $2)`,
  `DELETE FROM messages WHERE (chat_id, seq) IN (
     SELECT chat_id, seq FROM messages WHERE chat_id = $1 ORDER BY seq LIMIT $2)`,
];

/** A group without members stays one: who adds members has to be one. */
const CHAT = `
DELETE FROM chats c
WHERE c.id = $1 AND c.kind = 'group' AND NOT EXISTS (SELECT 1 FROM chat_members m WHERE m.chat_id = c.id)`;

/**
 * Removes what is left of groups that ended. Membership is the right to see a group, so it ends for everybody the moment it has no
 * members, whatever its size; its rows go afterwards, a few at a time. It can stop anywhere and goes on where it stopped.
 */
@Injectable()
export class EndedGroups implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds = new Rounds(
    () => this.tidy(),
    (err) => this.logger.warn({ err }, 'ended groups could not be removed, the next round tries again'),
  );

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start(EVERY_MS, { atOnce: true });
  }

  /** Waits for the statement that is under way, not for the round. */
  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  /** One round. @param statements how many it may use */
  async tidy(statements = STATEMENTS_MAX): Promise<void> {
    const groups = await this.database.query<{ id: string }>(ENDED, [GROUPS_AT_ONCE]);
    let left = statements;
    let rows = 0;
    /** @returns whether there was less than a whole batch to remove */
    const remove = async (statement: string, params: readonly unknown[]): Promise<boolean> => {
      left -= 1;
      const removed = await this.database.execute(statement, params);
      rows += removed;
      return removed < AT_ONCE;
    };
    for (const { id } of groups) {
      for (const batch of BATCHES) {
        for (let done = false; !done;) {
          if (left <= 0 || this.rounds.stopped) return;
          done = await remove(batch, [id, AT_ONCE]);
        }
      }
      await remove(CHAT, [id]);
    }
    if (rows > 0) this.logger.info({ rows }, 'ended groups were removed');
  }
}
