import { randomInt } from 'node:crypto';
import { DEFAULT_ROLE } from '@besedka/contracts';
import { collect, isRocketChatError, type RocketChatClient } from '@besedka/rocketchat';
import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context/request-context.js';
import { newId } from '../../../common/ids.js';
import { Database } from '../../../database/database.js';
import { UnitOfWork } from '../../../database/unit-of-work.js';
import { SessionsService } from '../../auth/sessions.service.js';

/** Names of the accounts that `verify` makes; nobody else's begin so. */
const PREFIX = 'temp_verify_';
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Somebody who is signed in to the portal, for a minute. */
export interface TestAccount {
  readonly userId: string;
  readonly username: string;
  /** Access token of a real session, as browsers hold it in a cookie. */
  readonly access: string;
}

/** The account with which `verify` tries things, on both sides. Its row here is its note to be removed: it goes last. */
@Injectable()
export class TestAccounts {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly sessions: SessionsService,
  ) {}

  /** A member like any other, without password and address, with one session. */
  async make(ctx: RequestContext): Promise<TestAccount> {
    const userId = newId();
    const username = PREFIX + Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    const { access } = await this.unitOfWork.run(ctx, async (tx) => {
      await tx.query(`INSERT INTO users (id, username, full_name, status) VALUES ($1, $2, $3, 'active')`, [
        userId,
        username,
        'Besedka verify',
      ]);
      await tx.query('INSERT INTO user_roles (user_id, role_key) VALUES ($1, $2)', [userId, DEFAULT_ROLE]);
      return this.sessions.begin(ctx, tx, userId);
    });
    return { userId, username, access };
  }

  /** Those that a run left which was cut off more than an hour ago. */
  async leftovers(): Promise<Pick<TestAccount, 'userId' | 'username'>[]> {
    return this.database.query(
      `SELECT id AS "userId", username FROM users
       WHERE username LIKE $1 AND created_at < now() - interval '1 hour' AND deleted_at IS NULL`,
      [`${PREFIX.replaceAll('_', '\\_')}%`],
    );
  }

  /** Its room and account there, then everything of it here. May be repeated. @throws RocketChatError */
  async remove(
    rocket: RocketChatClient,
    { userId, username }: Pick<TestAccount, 'userId' | 'username'>,
  ): Promise<void> {
    for (const { _id, name } of await collect(rocket.rooms.adminRooms({ filter: username, types: ['p'] }))) {
      if (name === username) await gone(rocket.groups.delete(_id));
    }
    const account = await rocket.users.find({ username });
    if (account !== undefined) await gone(rocket.users.delete(account._id, { confirmRelinquish: true }));
    await this.database.execute(`DELETE FROM users WHERE id = $1 AND username LIKE $2`, [userId, `${PREFIX}%`]);
  }
}

async function gone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isRocketChatError(error, 'not-found')) throw error;
  }
}
