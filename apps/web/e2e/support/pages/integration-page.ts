import type { Locator, Page } from 'playwright-core';
import { textsOf, type Texts } from '../texts.js';

/** Administration → Integration as people see it. */
export class IntegrationPage {
  constructor(
    readonly page: Page,
    private readonly t: Texts = textsOf('ru'),
  ) {}

  /** Over rail and tabs, as a person would. */
  async openFromRail(): Promise<void> {
    await this.page.goto('/settings');
    await this.page.getByRole('link', { name: this.t('common.nav.admin') }).click();
    await this.page.getByRole('link', { name: this.t('integration.title'), exact: true }).click();
    await this.page.getByRole('heading', { name: this.t('integration.title'), level: 1 }).waitFor();
  }
  /** Open, with every part of it there. */
  async open(): Promise<void> {
    await this.page.goto('/admin/integration');
    await this.section('doctor')
      .getByRole('button', { name: this.t('integration.doctor.again') })
      .waitFor();
  }

  section(name: 'state' | 'drift' | 'sync' | 'backups' | 'doctor' | 'history'): Locator {
    return this.page.getByRole('region', { name: this.t(`integration.section.${name}`), exact: true });
  }
  /** The run that is looked at. */
  run(kind: string): Locator {
    return this.page.getByRole('region', { name: this.t(`integration.run.kind.${kind}`), exact: true });
  }
  /** Waits until the integration stands so. */
  async stands(
    how: 'new' | 'differs' | 'faulty' | 'accounts' | 'connected' | 'broken' | 'running' | 'lost',
  ): Promise<void> {
    await this.section('state')
      .getByText(this.t(`integration.state.${how}`), { exact: true })
      .waitFor();
  }
  async press(name: string, within: Locator | Page = this.page): Promise<void> {
    await within.getByRole('button', { name: this.t(name), exact: true }).click();
  }
  /** Answers the question that an action asks; returns what was asked. */
  async confirm(name: string): Promise<string> {
    const question = this.page.getByRole('alertdialog');
    const asked = await question.getByRole('heading').innerText();
    await question.getByRole('button', { name: this.t(name), exact: true }).click();
    return asked;
  }
  /** The row of a difference. */
  difference(id: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: id, exact: true }) });
  }
}
