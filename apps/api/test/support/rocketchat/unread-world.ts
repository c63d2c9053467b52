import type { RocketChatRoom, RocketChatRooms, RocketChatUnread } from '@besedka/contracts';
import type { RocketChatDouble } from '@besedka/rocketchat/testing';
import type { Env } from '../../../src/config/env-fields.js';
import { Database } from '../../../src/database/database.js';
import { WEBHOOK_PATH, webhookToken } from '../../../src/modules/rocketchat-bridge/webhook-token.js';
import { Person } from '../realtime/people.js';
import { SocketClient } from '../realtime/socket-client.js';
import { createTestApp, type TestApp } from '../test-app.js';
import { ADMIN, portalEnv, startServer } from './bridge.js';

/** What the web app's store makes of the events: the rooms of one device. */
export class RoomsHeard {
  source: RocketChatRooms['source'] | null = null;
  readonly rooms = new Map<string, RocketChatRoom>();
  /** Rooms that were heard of before the first list, numbers of unknown rooms: faults of the protocol. */
  readonly faults: string[] = [];
  private readonly waiting = new Set<() => void>();

  takeList(list: RocketChatRooms): void {
    this.source = list.source;
    this.rooms.clear();
    for (const room of list.items) this.takeNumbers(room);
    this.changed();
  }

  takeRoom(room: RocketChatRoom): void {
    if (this.source === null) this.faults.push('a room before the first list');
    this.takeNumbers(room);
    this.changed();
  }

  takeGone(roomId: string): void {
    if (!this.rooms.delete(roomId)) this.faults.push('a room is gone that was not there');
    this.changed();
  }

  takeUnread({ chatId, unread, mentions, order }: RocketChatUnread): void {
    const room = this.rooms.get(chatId);
    if (room === undefined) this.faults.push('numbers of an unknown room');
    else this.takeNumbers({ ...room, unread, mentions, order });
    this.changed();
  }

  /** Titles of what is not a built-in channel, from the top. */
  get order(): string[] {
    return [...this.rooms.values()]
      .filter(({ channelKey }) => channelKey === null)
      .sort((a, b) => b.order - a.order || a.title.localeCompare(b.title))
      .map(({ title }) => title);
  }

  get total(): number {
    return [...this.rooms.values()].reduce((sum, { unread }) => sum + unread, 0);
  }

  /** Waits for a state, not for a time. */
  async until(holds: () => boolean, what = 'the state'): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        const seen = [...this.rooms.values()].map(({ title, unread, order }) => `${title} ${unread} @${order}`);
        reject(new Error(`${what} did not come; ${this.source ?? 'nothing heard'}: ${seen.join(', ')}`));
      }, 20_000);
      this.waiting.add(look);
    });
  }

  private takeNumbers(room: RocketChatRoom): void {
    if (room.unread < 0 || room.mentions < 0) this.faults.push('a negative number');
    this.rooms.set(room.id, room);
  }

  private changed(): void {
    for (const look of [...this.waiting]) look();
  }
}

/** A device with a real socket. */
export class RoomsDevice extends RoomsHeard {
  private constructor(readonly socket: SocketClient) {
    super();
    socket.raw.on('rocketchat:rooms', (list: RocketChatRooms) => this.takeList(list));
    socket.raw.on('rocketchat:room', ({ room }: { room: RocketChatRoom }) => this.takeRoom(room));
    socket.raw.on('rocketchat:room-gone', ({ roomId }: { roomId: string }) => this.takeGone(roomId));
    socket.raw.on('unread', (state: RocketChatUnread) => {
      if (state.engine === 'rocketchat') this.takeUnread(state);
    });
  }

  static async open(person: Person): Promise<RoomsDevice> {
    const socket = await SocketClient.connectOnly(person.url, { token: person.token });
    const device = new RoomsDevice(socket);
    await device.until(() => device.source !== null);
    return device;
  }
}

/** The portal beside a double of Rocket.Chat, with people who have accounts in both. */
export class UnreadWorld {
  private constructor(
    readonly rocket: RocketChatDouble,
    /** Another one after `restart`. */
    public app: TestApp,
    private readonly admin: Person,
    private readonly ownsRocket = true,
  ) {}

  /** @param databaseUrl a database that outlives the portal; otherwise it has its own */
  static async open(env: Env = {}, databaseUrl?: string): Promise<UnreadWorld> {
    const rocket = await startServer();
    rocket.set('Unread_Count', 'all_messages');
    try {
      const app = await startPortal(rocket, env, databaseUrl);
      return new UnreadWorld(rocket, app, await Person.local(app.url, 'owner'));
    } catch (error) {
      await rocket.close();
      throw error;
    }
  }

  /** A second process of the same portal. */
  static async beside({ rocket }: UnreadWorld, databaseUrl: string): Promise<UnreadWorld> {
    const app = await startPortal(rocket, {}, databaseUrl);
    return new UnreadWorld(rocket, app, await Person.local(app.url, 'owner'), false);
  }

  /** Ends the portal, if it still runs, and starts it anew on the same database. */
  async restart(env: Env, databaseUrl: string): Promise<void> {
    await this.app.close();
    this.app = await startPortal(this.rocket, env, databaseUrl);
  }

  sql<T extends object>(text: string, params: readonly unknown[] = []): Promise<T[]> {
    return this.app.get(Database).query<T>(text, params);
  }

  /** Somebody with an account here and there, linked as the synchronisation does it. */
  async person(prefix: string): Promise<Person> {
    const person = await this.admin.createPerson(prefix);
    await this.link(person);
    return person;
  }

  /** Gives a person of ours their account there. */
  async link(person: Person): Promise<void> {
    const existing = [...this.rocket.state.users.values()].find(({ username }) => username === person.username);
    const { _id } = existing ?? this.rocket.make.user(person.username, { name: person.me.fullName });
    await this.sql(
      `INSERT INTO rocketchat_links (user_id, rc_user_id, username, state) VALUES ($1, $2, $3, 'ready')
       ON CONFLICT (user_id) DO UPDATE SET rc_user_id = excluded.rc_user_id, username = excluded.username, state = 'ready'`,
      [person.id, _id, person.username],
    );
  }

  /** The outgoing webhook as provisioning makes it. */
  addWebhook(token = webhookToken(this.app.config)): void {
    const now = this.rocket.clock.date();
    const admin = [...this.rocket.state.users.values()].find(({ username }) => username === ADMIN.username);
    this.rocket.state.integrations.set('besedka', {
      _id: 'besedka',
      type: 'webhook-outgoing',
      name: 'Besedka: messages',
      enabled: true,
      username: ADMIN.username,
      userId: admin?._id ?? '',
      channel: ['all_public_channels', 'all_private_groups', 'all_direct_messages'],
      token,
      event: 'sendMessage',
      urls: [this.app.url + WEBHOOK_PATH],
      scriptEnabled: false,
      _createdAt: now,
      _updatedAt: now,
    });
  }

  /** Their id there. */
  accountOf(person: Person): string {
    return [...this.rocket.state.users.values()].find(({ username }) => username === person.username)?._id ?? '';
  }

  /** What Rocket.Chat's own badge of this person shows (contract 9). */
  badgeThere(person: Person): number {
    return [...this.rocket.state.subscriptions.values()]
      .filter(
        ({ u, open, archived, hideUnreadStatus }) =>
          u.username === person.username && open && !archived && !hideUnreadStatus,
      )
      .reduce((sum, { unread, tunread }) => sum + unread + (tunread?.length ?? 0), 0);
  }

  /** Marks a room as read, as the person's own Rocket.Chat does. */
  async read(person: Person, roomId: string): Promise<void> {
    const { userId, authToken } = this.rocket.make.session(person.username);
    await fetch(`${this.rocket.url}/api/v1/subscriptions.read`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-id': userId, 'x-auth-token': authToken },
      body: JSON.stringify({ rid: roomId }),
    });
  }

  async close(): Promise<void> {
    await this.app.close();
    if (this.ownsRocket) await this.rocket.close();
  }
}

function startPortal(rocket: RocketChatDouble, env: Env, databaseUrl: string | undefined): Promise<TestApp> {
  return createTestApp({
    ...(databaseUrl !== undefined && { databaseUrl }),
    env: {
      ...portalEnv(rocket),
      ...env,
    },
  });
}
