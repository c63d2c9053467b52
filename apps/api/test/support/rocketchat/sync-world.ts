import type { User } from '@besedka/contracts';
import type { DoubleOptions, RocketChatDouble } from '@besedka/rocketchat/testing';
import { systemContext } from '../../../src/common/context/request-context.js';
import type { Env } from '../../../src/config/env-fields.js';
import { OutboxWorker } from '../../../src/modules/outbox/outbox.worker.js';
import { ProvisioningService } from '../../../src/modules/rocketchat-bridge/provisioning.service.js';
import { delivered, ifMatch, signIn, sql } from '../accounts/accounts.js';
import type { HttpAnswer, HttpClient } from '../http-client.js';
import { createTestApp, type TestApp } from '../test-app.js';
import { portalEnv, startServer } from './bridge.js';

/** What is kept of a person's account. */
export interface LinkRow {
  rocketChatId: string | null;
  username: string | null;
  state: string;
  conflict: { field: string; username: string; linkable: boolean } | null;
  error: { code: string; text: string } | null;
  synced: boolean;
}

/** A portal and its Rocket.Chat, set up, in step; people are changed through the portal's own API. */
export class SyncWorld {
  private constructor(
    readonly server: RocketChatDouble,
    readonly app: TestApp,
    /** The portal's owner. */
    readonly owner: HttpClient,
  ) {}

  static async open(options: DoubleOptions = {}, env: Env = {}, before?: (server: RocketChatDouble) => void) {
    const server = await startServer(options);
    before?.(server);
    try {
      const app = await createTestApp({
        env: {
          ...portalEnv(server),
          ...env,
        },
      });
      await app.get(ProvisioningService).apply(systemContext('test'));
      const world = new SyncWorld(server, app, await signIn(app, 'owner'));
      await world.settled();
      return world;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Waits until everything that was promised is written; never over while Rocket.Chat is away. */
  settled(): Promise<void> {
    return delivered(this.app);
  }

  /** Waits until everything that is due has been tried. */
  async tried(): Promise<void> {
    this.app.get(OutboxWorker).wake();
    await this.app.get(OutboxWorker).idle();
  }

  /** Entries that wait or failed. */
  async waiting(): Promise<number> {
    const [row] = await this.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox WHERE topic = 'rocketchat.user' AND done_at IS NULL`,
    );
    return row?.n ?? 0;
  }

  sql<T extends object>(text: string, params: unknown[] = []): Promise<T[]> {
    return sql<T>(this.app, text, params);
  }

  /** The account with this name there. */
  account(username: string) {
    return [...this.server.state.users.values()].find((user) => user.username === username);
  }

  /** What somebody is in the three channels: `{general: 'member', moderators: 'moderator'}`. */
  async places(username: string): Promise<Record<string, string>> {
    const account = this.account(username);
    const rooms = await this.sql<{ channel: string; roomId: string }>(
      'SELECT channel, room_id AS "roomId" FROM rocketchat_rooms ORDER BY channel',
    );
    return Object.fromEntries(
      rooms.flatMap(({ channel, roomId }) => {
        const found = this.server.state.subscriptions.get(`${roomId}/${account?._id ?? ''}`);
        const mark = ['owner', 'moderator'].find((one) => found?.roles?.includes(one));
        return found === undefined ? [] : [[channel, mark ?? 'member']];
      }),
    );
  }

  async link(username: string): Promise<LinkRow | undefined> {
    const [row] = await this.sql<LinkRow>(
      `SELECT rc_user_id AS "rocketChatId", l.username, state, conflict, last_error AS error, synced_at IS NOT NULL AS synced
       FROM rocketchat_links l JOIN users u ON u.id = l.user_id WHERE u.username = $1 ORDER BY u.deleted_at NULLS FIRST`,
      [username],
    );
    return row;
  }

  /** Changes an account as an administrator does. */
  async change(user: Pick<User, 'id'>, wanted: Record<string, unknown>): Promise<User> {
    return this.changeKnown((await this.owner.get<User>(`/api/v1/users/${user.id}`)).json, wanted);
  }

  /** The same for an account that is as it was read. */
  async changeKnown({ id, version }: User, wanted: Record<string, unknown>): Promise<User> {
    const answer = await this.owner.patch<User>(`/api/v1/users/${id}`, wanted, ifMatch(version));
    if (answer.status !== 200) throw new Error(`no change: ${answer.text}`);
    return answer.json;
  }

  async remove(user: Pick<User, 'id'>): Promise<HttpAnswer<unknown>> {
    const now = await this.owner.get<User>(`/api/v1/users/${user.id}`);
    return this.owner.delete(`/api/v1/users/${user.id}`, ifMatch(now.json.version));
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.server.close();
  }
}
