import { randomUUID } from 'node:crypto';
import { BUILT_IN_ROLES, type Message, type Permission } from '@besedka/contracts';
import {
  type Principal,
  type RequestContext,
  systemContext,
  withPrincipal,
} from '../../../src/common/context/request-context.js';
import { type DomainEvent, DomainEvents } from '../../../src/common/events/domain-events.js';
import { EventsModule } from '../../../src/common/events/events.module.js';
import { newId } from '../../../src/common/ids.js';
import type { Env } from '../../../src/config/env-fields.js';
import { Database } from '../../../src/database/database.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { UnitOfWork } from '../../../src/database/unit-of-work.js';
import { ChatsModule } from '../../../src/modules/chats/chats.module.js';
import { ChatsService } from '../../../src/modules/chats/chats.service.js';
import type { ChatEvents } from '../../../src/modules/chats/chats.events.js';
import { ForwardingService } from '../../../src/modules/chats/forwarding.service.js';
import { MembersService } from '../../../src/modules/chats/members.service.js';
import { MessagesService } from '../../../src/modules/chats/messages.service.js';
import { ReadingService } from '../../../src/modules/chats/reading.service.js';
import { AccountHooksRegistry } from '../../../src/modules/users/account-hooks.js';
import { type CoreApp, createCoreApp, person as principal } from '../../support/core-app.js';
import { type HttpAnswer, HttpClient, type RequestOptions } from '../../support/http-client.js';
import { createTestDatabase } from '../../support/test-database.js';

const CHAT_EVENTS = [
  'chats.message-new',
  'chats.message-edited',
  'chats.message-deleted',
  'chats.appeared',
  'chats.gone',
  'chats.changed',
  'chats.members',
  'chats.read',
] as const satisfies readonly (keyof ChatEvents)[];

export type ChatEvent = {
  [K in (typeof CHAT_EVENTS)[number]]: Pick<DomainEvent<K>, 'name' | 'payload'>;
}[(typeof CHAT_EVENTS)[number]];

/** Somebody with an account, and their requests. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly ctx: RequestContext;
  readonly http: HttpClient;
}

class BearerClient extends HttpClient {
  constructor(
    baseUrl: string,
    private readonly token: string,
  ) {
    super(baseUrl);
  }

  override request<T>(method: string, path: string, options: RequestOptions = {}): Promise<HttpAnswer<T>> {
    return super.request<T>(method, path, {
      ...options,
      headers: { authorization: `Bearer ${this.token}`, ...options.headers },
    });
  }
}

/** The chats module as it runs, on a real database, with accounts that cost nothing to make. */
export class ChatWorld {
  readonly events: ChatEvent[] = [];
  private readonly listeners = new Set<(event: ChatEvent) => void>();
  readonly chats: ChatsService;
  readonly members: MembersService;
  readonly messages: MessagesService;
  readonly reading: ReadingService;
  readonly forwarding: ForwardingService;
  readonly database: Database;
  private count = 0;

  private constructor(
    private readonly core: CoreApp,
    private readonly principals: Record<string, Principal>,
    private readonly drop: () => Promise<void>,
  ) {
    this.chats = this.get(ChatsService);
    this.members = this.get(MembersService);
    this.messages = this.get(MessagesService);
    this.reading = this.get(ReadingService);
    this.forwarding = this.get(ForwardingService);
    this.database = this.get(Database);
    const bus = this.get(DomainEvents);
    for (const name of CHAT_EVENTS) {
      bus.on(name, (payload) => {
        // The pair of name and payload is right by construction; the union cannot say so.
        const event = { name, payload: structuredClone(payload) } as ChatEvent;
        this.events.push(event);
        for (const listener of this.listeners) listener(event);
      });
    }
  }

  /**
   * @param through puts something between the product and its database; gets and gives its address
   * @param env settings over those of the tests
   */
  static async create(
    through: (databaseUrl: string) => Promise<string> = (url) => Promise.resolve(url),
    env: Env = {},
  ): Promise<ChatWorld> {
    const database = await createTestDatabase();
    const principals: Record<string, Principal> = {};
    const core = await createCoreApp([], {
      people: principals,
      imports: [DatabaseModule, EventsModule, ChatsModule],
      env: { DATABASE_URL: await through(database.url), DATABASE_POOL_SIZE: '10', RATE_SEND_PER_MINUTE: '0', ...env },
    });
    const world = new ChatWorld(core, principals, () => database.drop());
    for (const role of BUILT_IN_ROLES) {
      await world.get(Database).execute(
        `INSERT INTO roles (key, title, built_in, level, groups, permissions, manages) VALUES ($1, $1, true, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING`,
        [role.key, role.level, role.groups, role.permissions, role.manages],
      );
    }
    return world;
  }

  async close(): Promise<void> {
    await this.core.close();
    await this.drop();
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.core.app.get<T>(token, { strict: false });
  }

  get logs(): readonly Record<string, unknown>[] {
    return this.core.logs;
  }

  get url(): string {
    return this.core.url;
  }

  /** Hears every event of the module in the order of its telling. @returns a function that stops hearing */
  onEvent(listener: (event: ChatEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits until everything that was caused so far has been told. */
  settled(): Promise<void> {
    return this.get(DomainEvents).settled();
  }

  /** A new active account. */
  async person(name = 'temp', roles: string[] = ['user']): Promise<Person> {
    const id = newId();
    const username = `${name}_${++this.count}`;
    const token = `token-of-${username}`;
    await this.changeAccounts([id], async (query) => {
      await query(`INSERT INTO users (id, username, full_name, status) VALUES ($1, $2, $3, 'active')`, [
        id,
        username,
        `${name} ${this.count}`,
      ]);
      await query('INSERT INTO user_roles (user_id, role_key) SELECT $1, unnest($2::text[])', [id, roles]);
    });
    const http = new BearerClient(this.url, token);
    const me: Person = { id, username, ctx: this.contextOf(id, username, roles), http };
    this.principals[token] = me.ctx.principal!;
    return me;
  }

  async people(count: number, name = 'temp'): Promise<Person[]> {
    const made: Person[] = [];
    for (let i = 0; i < count; i++) made.push(await this.person(name));
    return made;
  }

  /** Gives somebody exactly these roles, as the accounts side does it: with the hooks, in one transaction. */
  setRoles(person: Person, roles: string[]): Promise<void> {
    return this.changeAccounts([person.id], async (query) => {
      await query('DELETE FROM user_roles WHERE user_id = $1', [person.id]);
      await query('INSERT INTO user_roles (user_id, role_key) SELECT $1, unnest($2::text[])', [person.id, roles]);
    });
  }

  setStatus(person: Person, status: 'active' | 'disabled' | 'deleted'): Promise<void> {
    return this.changeAccounts([person.id], async (query) => {
      await query(`UPDATE users SET status = $2, deleted_at = CASE WHEN $3 THEN now() END WHERE id = $1`, [
        person.id,
        status === 'deleted' ? 'disabled' : status,
        status === 'deleted',
      ]);
    });
  }

  send(
    person: Person,
    chatId: string,
    body: string,
    replyTo: number | null = null,
    clientId: string = randomUUID(),
  ): Promise<Message> {
    return this.messages.send(person.ctx, { chatId, clientId, body, replyTo });
  }

  async group(owner: Person, others: readonly Person[], title = 'Group'): Promise<string> {
    const chat = await this.chats.create(owner.ctx, { kind: 'group', title, memberIds: others.map(({ id }) => id) });
    return chat.id;
  }

  async direct(from: Person, to: Person): Promise<string> {
    return (await this.chats.create(from.ctx, { kind: 'direct', userId: to.id })).id;
  }

  async channel(key: string): Promise<string> {
    const [row] = await this.database.query<{ id: string }>('SELECT id FROM chats WHERE channel_key = $1', [key]);
    return row!.id;
  }

  private changeAccounts(
    userIds: string[],
    change: (query: (sql: string, params: unknown[]) => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const ctx = systemContext('test');
    return this.get(UnitOfWork).run(ctx, async (tx) => {
      await change((sql, params) => tx.query(sql, params));
      await this.get(AccountHooksRegistry).accessChanged(ctx, tx, userIds);
    });
  }

  private contextOf(userId: string, username: string, roles: string[]): RequestContext {
    const held = BUILT_IN_ROLES.filter(({ key }) => roles.includes(key));
    const permissions = new Set<Permission>(held.flatMap((role) => role.permissions));
    return withPrincipal(
      systemContext('test'),
      principal({ userId, username, roles, permissions, sessionId: newId() }),
    );
  }
}

/** The code of an expected refusal; fails when there is none. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
  throw new Error('it was not refused');
}
