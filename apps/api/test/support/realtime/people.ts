import { randomUUID } from 'node:crypto';
import type { Chat, Me, Message, MessageHistory, SessionTokens, User } from '@besedka/contracts';
import { HttpClient } from '../http-client.js';
import { SocketClient } from './socket-client.js';

/** Local accounts and their passwords, as seeded in local mode. */
const LOCAL = {
  owner: 'owner123secure',
  admin: 'admin123secure',
  store_owner: 'storeowner123secure',
  store_admin: 'storeadmin123secure',
  test_user: 'user123secure',
} as const;
export type LocalAccount = keyof typeof LOCAL;

/** A signed-in person: tokens, HTTP as a bearer, sockets. */
export class Person {
  private constructor(
    /** Changes when the server is started anew on another port. */
    public url: string,
    readonly username: string,
    readonly password: string,
    readonly token: string,
    readonly me: Me,
  ) {}

  get id(): string {
    return this.me.id;
  }

  get sessionId(): string {
    return this.me.sessionId;
  }

  /** Signs in; each call is a session of its own. */
  static async signIn(url: string, username: string, password: string): Promise<Person> {
    const http = new HttpClient(url);
    const login = await http.post<SessionTokens>('/api/v1/auth/login?tokens=body', { login: username, password });
    const token = login.json.accessToken;
    if (login.status >= 300 || token === undefined) throw new Error(`${username} cannot sign in: ${login.text}`);
    const me = await http.get<Me>('/api/v1/users/me', { headers: { authorization: `Bearer ${token}` } });
    return new Person(url, username, password, token, me.json);
  }

  static local(url: string, account: LocalAccount): Promise<Person> {
    return Person.signIn(url, account, LOCAL[account]);
  }

  /** An HTTP request as this person. @throws unless the answer is a success */
  async http<T = unknown>(
    method: string,
    path: string,
    json?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await new HttpClient(this.url).request<T>(method, `/api/v1/${path}`, {
      json,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text === '' ? (undefined as T) : answer.json;
  }

  /** A connected socket that has its snapshot. */
  socket(): Promise<SocketClient> {
    return SocketClient.open(this.url, { token: this.token });
  }

  /** Another session (device) of the same person. */
  again(): Promise<Person> {
    return Person.signIn(this.url, this.username, this.password);
  }

  /** A new account with a session; only people who may create accounts can. */
  async createPerson(prefix: string, roles: string[] = ['user']): Promise<Person> {
    const username = `temp_${prefix}_${randomUUID().slice(0, 8)}`;
    const password = `long enough ${randomUUID()}`;
    await this.http<User>('POST', 'users', { username, fullName: `Person ${prefix}`, password, roles });
    return Person.signIn(this.url, username, password);
  }

  createGroup(title: string, members: readonly Person[]): Promise<Chat> {
    return this.http<Chat>('POST', 'chats', { kind: 'group', title, memberIds: members.map((person) => person.id) });
  }

  createDirect(other: Person): Promise<Chat> {
    return this.http<Chat>('POST', 'chats', { kind: 'direct', userId: other.id });
  }

  send(chatId: string, body: string, clientId: string = randomUUID()): Promise<Message> {
    return this.http<Message>('POST', `chats/${chatId}/messages`, { clientId, body });
  }

  /** A chat's whole history, ascending. */
  async history(chatId: string): Promise<Message[]> {
    const all: Message[] = [];
    for (let after = 0; ;) {
      const page = await this.http<MessageHistory>('GET', `chats/${chatId}/messages?after=${after}&limit=200`);
      all.push(...page.items);
      const last = page.items.at(-1);
      if (!page.hasAfter || last === undefined) return all;
      after = last.seq;
    }
  }
}
