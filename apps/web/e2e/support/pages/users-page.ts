import type { Locator, Page } from 'playwright-core';

/** Administration → Users as people see it. Names are the Russian interface's. */
export class UsersPage {
  constructor(readonly page: Page) {}

  /** Over the rail, as a person would. */
  async openFromRail(): Promise<void> {
    await this.page.goto('/chat');
    await this.page.getByRole('link', { name: 'Администрирование' }).click();
    await this.table.waitFor();
  }
  async open(path = ''): Promise<void> {
    await this.page.goto(`/admin/users${path}`);
    await this.table.waitFor();
  }

  get table(): Locator {
    return this.page.getByRole('table', { name: 'Пользователи' });
  }
  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }
  /** Names from top to bottom. */
  names(): Promise<string[]> {
    return this.table.getByRole('rowheader').getByRole('link').allInnerTexts();
  }
  async act(name: string, action: string): Promise<void> {
    await this.page.getByRole('button', { name: `Действия: ${name}` }).click();
    await this.page.getByRole('menuitem', { name: action, exact: true }).click();
  }
  async actions(name: string): Promise<string[]> {
    await this.page.getByRole('button', { name: `Действия: ${name}` }).click();
    const labels = await this.page.getByRole('menuitem').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels.map((label) => label.trim());
  }
  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Поиск пользователей' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }
  field(label: string): Locator {
    return this.dialog.getByRole('textbox', { name: label });
  }
  async save(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Сохранить' }).click();
  }
  /** The short notice at the edge of the page. */
  notice(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Уведомления' }).getByText(text);
  }
}
