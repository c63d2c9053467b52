import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

/** The chat view with Rocket.Chat in its frame, as people see it. Names are the Russian interface's; the frame speaks English. */
export class RocketChatPage {
  constructor(readonly page: Page) {}

  /** Opens the view, or one of its rooms, and waits until one can write. */
  async open(address = ''): Promise<void> {
    await this.page.goto(`/chat${address === '' ? '' : `/${address}`}`);
    await this.ready();
  }

  /** The person may look at the frame, and a room is open in it. */
  async ready(): Promise<void> {
    await this.page.locator('.stage[aria-busy="false"]').waitFor();
    await this.composer.waitFor();
  }

  // The list

  get list(): Locator {
    return this.page.getByRole('region', { name: /^(?:Чаты|Chats)$/ });
  }
  get rows(): Locator {
    return this.list.locator('[data-chat-id]');
  }
  row(title: string): Locator {
    return this.rows.filter({ hasText: title });
  }
  async titles(): Promise<string[]> {
    const rows = await this.rows.evaluateAll((elements) =>
      elements.map((element) => ({
        title: element.querySelector('[dir="auto"]')?.textContent ?? '',
        top: element.getBoundingClientRect().top,
      })),
    );
    return rows.sort((a, b) => a.top - b.top).map((row) => row.title.trim());
  }
  async unread(title: string): Promise<number> {
    return Number(/(\d+) непрочитанн/.exec(await this.row(title).innerText())?.[1] ?? 0);
  }
  /** The number on the rail. */
  async total(): Promise<number> {
    const name = await this.page
      .getByRole('link', { name: /^(?:Чаты|Chats)/ })
      .first()
      .innerText();
    return Number(/(\d+) непрочитанн/.exec(name)?.[1] ?? 0);
  }

  // The frame

  get element(): Locator {
    return this.page.locator('iframe');
  }
  get chat(): FrameLocator {
    return this.page.frameLocator('iframe');
  }
  get composer(): Locator {
    return this.chat.getByRole('textbox', { name: 'Message' });
  }
  /** The room that the frame shows. */
  room(id: string): Locator {
    return this.chat.locator(`main[data-room="${id}"]`);
  }
  get frame(): Frame {
    const frame = this.page.frames().find((one) => one.parentFrame() === this.page.mainFrame());
    if (!frame) throw new Error('there is no frame');
    return frame;
  }
  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.chat.getByText(text, { exact: true }).waitFor();
  }

  // What lies around it

  get heading(): Locator {
    return this.page.locator('.conversation').getByRole('heading', { level: 1 });
  }
  get failure(): Locator {
    return this.page.locator('.cover').getByRole('alert');
  }
  get notice(): Locator {
    return this.page.locator('.conversation > .notice');
  }
  get welcome(): Locator {
    return this.page.getByRole('dialog', { name: 'Чат Беседка' });
  }
  get diagnostics(): Locator {
    return this.page.getByRole('complementary', { name: 'Диагностика чата' });
  }
}
