import { randomUUID } from 'node:crypto';
import type { Chat, Me, Message } from '@besedka/contracts';
import { guardContext, type PageGuard } from '@besedka/testing/page-guard';
import type { APIRequestContext, Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { showEmoji } from './emoji.js';
import { ChatsPage } from './pages/chats-page.js';

/** Local accounts and their passwords, as seeded in local mode. */
export const LOCAL = {
  owner: 'owner123secure',
  admin: 'admin123secure',
  store_owner: 'storeowner123secure',
  store_admin: 'storeadmin123secure',
  test_user: 'user123secure',
} as const;
export type LocalAccount = keyof typeof LOCAL;

export interface PersonOptions {
  /** A phone of 360 × 740 with touch. */
  phone?: boolean;
  theme?: 'light' | 'dark';
  locale?: 'ru-RU' | 'en-US';
  /** Emoji are drawn: by default only when README's pictures are taken. */
  emoji?: boolean;
  context?: BrowserContextOptions;
}

/** Somebody at a device: one browser context of their own, and the API under the same cookies for setting things up. */
export class Person {
  private constructor(
    readonly me: Me,
    readonly context: BrowserContext,
    readonly page: Page,
    /** What no page may do; asserted by the suite's end. */
    readonly guard: PageGuard,
    private readonly url: string,
  ) {}

  get id(): string {
    return this.me.id;
  }

  get chats(): ChatsPage {
    return new ChatsPage(this.page);
  }

  /** Signs in through the API and opens a blank page; the first `goto` finds the session. */
  static async signIn(
    browser: Browser,
    url: string,
    login: string,
    password: string,
    options: PersonOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      baseURL: url,
      locale: options.locale ?? 'ru-RU',
      colorScheme: options.theme ?? 'light',
      reducedMotion: 'reduce',
      viewport: options.phone ? { width: 360, height: 740 } : { width: 1440, height: 900 },
      ...(options.phone && { isMobile: true, hasTouch: true }),
      ...options.context,
    });
    const guard = guardContext(context);
    const answer = await context.request.post('/api/v1/auth/login', {
      data: { login, password },
      headers: { origin: url },
    });
    if (!answer.ok()) throw new Error(`${login} cannot sign in: ${answer.status()} ${await answer.text()}`);
    // The app asks the server for a session only where somebody has signed in before.
    await context.addInitScript(() => {
      // The blank page that every context begins with has no storage.
      if (location.protocol === 'http:') localStorage.setItem('besedka.signedIn', '1');
    });
    if (options.emoji ?? process.env['UPDATE_SCREENSHOTS'] === '1') await showEmoji(context);
    const me = (await (await context.request.get('/api/v1/users/me')).json()) as Me;
    return new Person(me, context, await context.newPage(), guard, url);
  }

  /** An API request as this person. @throws unless the answer is a success */
  async api<T = unknown>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    data?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const request: APIRequestContext = this.context.request;
    const answer = await request.fetch(`/api/v1/${path}`, { method, data, headers: { origin: this.url, ...headers } });
    const text = await answer.text();
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  myChats(): Promise<Chat[]> {
    return this.api<{ items: Chat[] }>('GET', 'chats?limit=200').then((page) => page.items);
  }

  async channel(key: string): Promise<Chat> {
    const found = (await this.myChats()).find((chat) => chat.channelKey === key);
    if (!found) throw new Error(`${this.me.username} has no channel ${key}`);
    return found;
  }

  direct(other: Person): Promise<Chat> {
    return this.api<Chat>('POST', 'chats', { kind: 'direct', userId: other.id });
  }

  group(title: string, ...others: Person[]): Promise<Chat> {
    return this.api<Chat>('POST', 'chats', { kind: 'group', title, memberIds: others.map((other) => other.id) });
  }

  /** Writes a message without a window. */
  write(chatId: string, body: string, replyTo: number | null = null): Promise<Message> {
    return this.api<Message>('POST', `chats/${chatId}/messages`, { clientId: randomUUID(), body, replyTo });
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
