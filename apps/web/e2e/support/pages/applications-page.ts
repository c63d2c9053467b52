import type { Locator, Page } from 'playwright-core';

/** Administration → Applications as people see it. Names are the Russian interface's. */
export class ApplicationsPage {
  constructor(readonly page: Page) {}

  /** Over rail and tabs, as a person would. */
  async openFromRail(): Promise<void> {
    await this.page.goto('/chat');
    await this.page.getByRole('link', { name: 'Администрирование' }).click();
    await this.page.getByRole('link', { name: 'Приложения', exact: true }).click();
    await this.page.getByRole('heading', { name: 'Приложения' }).waitFor();
  }
  async open(id: string): Promise<void> {
    await this.page.goto(`/admin/applications/${id}`);
    await this.field('Название').waitFor();
  }

  get table(): Locator {
    return this.page.getByRole('table', { name: 'Приложения' });
  }
  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }
  section(name: string): Locator {
    return this.page.getByRole('region', { name });
  }
  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }
  /** The value beside a label in the lists of what to copy. */
  value(label: string, within: Locator | Page = this.page): Promise<string> {
    return within
      .locator('dl > div')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .locator('code')
      .innerText();
  }
  get secretDialog(): Locator {
    return this.page.getByRole('dialog');
  }
  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }
  /** Answers the question that an action asks. */
  async confirm(name: string): Promise<void> {
    await this.page.getByRole('alertdialog').getByRole('button', { name, exact: true }).click();
  }
  notice(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Уведомления' }).getByText(text);
  }
}
