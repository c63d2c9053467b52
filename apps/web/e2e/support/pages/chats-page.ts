import type { Locator, Page } from 'playwright-core';

/** The chat view as people see it: list, conversation, composer. Names are the Russian interface's. */
export class ChatsPage {
  constructor(readonly page: Page) {}

  async open(chatId?: string): Promise<void> {
    await this.page.goto(chatId === undefined ? '/chat' : `/chat/${chatId}`);
    await (chatId === undefined ? this.rows.first() : this.composer).waitFor();
  }

  // The list

  get list(): Locator {
    return this.page.getByRole('region', { name: 'Чаты', exact: true });
  }
  /** Rows in the order in which they stand. */
  get rows(): Locator {
    return this.list.locator('[data-chat-id]');
  }
  row(chatId: string): Locator {
    return this.list.locator(`[data-chat-id="${chatId}"]`);
  }
  /** Chat ids from top to bottom, as drawn. */
  async order(): Promise<string[]> {
    const rows = await this.rows.evaluateAll((elements) =>
      elements.map((element) => ({
        id: (element as HTMLElement).dataset['chatId'] ?? '',
        top: element.getBoundingClientRect().top,
      })),
    );
    return rows.sort((a, b) => a.top - b.top).map((row) => row.id);
  }
  /** Ids of the conversations (not channels) from top to bottom. */
  async conversations(channels: readonly string[]): Promise<string[]> {
    return (await this.order()).filter((id) => !channels.includes(id));
  }
  /** The number on a row's badge; 0 without one. */
  async unread(chatId: string): Promise<number> {
    const text = await this.row(chatId).innerText();
    const match = /(\d+) непрочитанн/.exec(text);
    return match ? Number(match[1]) : 0;
  }
  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Поиск чатов и людей' });
  }

  // The conversation

  get log(): Locator {
    return this.page.getByRole('log');
  }
  get messages(): Locator {
    return this.log.getByRole('article');
  }
  message(text: string | RegExp): Locator {
    return this.messages.filter({ hasText: text });
  }
  get newLine(): Locator {
    return this.log.getByText('Новые сообщения', { exact: true });
  }
  get jumpDown(): Locator {
    return this.page.getByRole('button', { name: /^К последним сообщениям|нов(ое|ых) сообщени/ });
  }
  /** The scrolling box of the history. */
  get scroller(): Locator {
    return this.page.locator('.scroller', { has: this.log });
  }
  get connection(): Locator {
    return this.page.locator('.conversation').getByRole('status').first();
  }

  // The composer

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Сообщение' });
  }
  get sendButton(): Locator {
    return this.page.getByRole('button', { name: 'Отправить', exact: true });
  }
  async send(text: string): Promise<void> {
    // The click takes the pointer off the list, as a person's would.
    await this.composer.click();
    await this.composer.fill(text);
    await this.sendButton.click();
    await this.message(text).waitFor();
  }

  /** Runs one of the actions of a message from its toolbar menu. */
  async act(message: Locator, action: string): Promise<void> {
    await message.hover();
    await message.getByRole('button', { name: 'Действия с сообщением' }).click();
    await this.page.getByRole('menuitem', { name: action }).click();
  }

  // The welcome card

  get welcome(): Locator {
    return this.page.getByRole('dialog', { name: 'Чат Беседка' });
  }
}
