import { afterEach, beforeAll } from '@jest/globals';
import type { Page } from 'playwright-core';
import { command } from './support/command.js';
import { run, useIntegrationApp } from './support/integration.js';
import { lookOverInBothThemes, PICTURES, VIEWS } from './support/looks.js';
import { IntegrationPage } from './support/pages/integration-page.js';
import { textsOf, type Texts } from './support/texts.js';

const app = useIntegrationApp();

// A server that was set up and proven, in which somebody has changed something since, and an account stands in the way.
beforeAll(async () => {
  const { rocketChat } = app;
  rocketChat.make.user('test_user', { name: 'Somebody Else', roles: ['user'] });
  const owner = await app.person('owner');
  await run(owner, { kind: 'apply' });
  await run(owner, { kind: 'verify' });
  await run(owner, { kind: 'backup' });
  rocketChat.faults.order({ name: 'outage' });
  await run(owner, { kind: 'plan' });
  rocketChat.faults.clear();
  rocketChat.set('Unread_Count', 'user_mentions_only');
  await run(owner, { kind: 'apply' });
  rocketChat.set('Unread_Count', 'user_mentions_only');
  rocketChat.set('Accounts_OAuth_Custom-Besedka-secret', 'changed by hand');
  await command(app, 'rocketchat', 'plan');
}, 120_000);
afterEach(() => app.rocketChat.faults.clear());

interface Visit {
  readonly page: Page;
  readonly integration: IntegrationPage;
  readonly t: Texts;
}

/** Chooses a run of the history by its kind and how it ended. */
async function choose({ integration, t }: Visit, kind: string, ended: RegExp): Promise<void> {
  await integration
    .section('history')
    .getByRole('button', { name: new RegExp(`^\\s*${t(`integration.run.kind.${kind}`)}\\s+${ended.source}`) })
    .first()
    .click();
  await integration.run(kind).waitFor();
}

/** Every state of the page. `open` ends when it is completely there. */
const SCREENS: readonly { readonly name: string; readonly open: (visit: Visit) => Promise<void> }[] = [
  {
    name: 'integration',
    open: async ({ integration, t }) => {
      await integration.stands('differs');
      await integration.section('state').getByText(t('integration.state.verifyStale')).waitFor();
    },
  },
  {
    name: 'integration-plan',
    open: async (visit) => {
      await choose(visit, 'plan', /\d/);
      await visit.integration.difference('secret').waitFor();
    },
  },
  { name: 'integration-applied', open: (visit) => choose(visit, 'apply', /\d/) },
  {
    name: 'integration-verified',
    open: async (visit) => {
      await choose(visit, 'verify', /./);
      await visit.integration.run('verify').getByText(visit.t('integration.check.cleaned-up')).waitFor();
    },
  },
  {
    name: 'integration-failed',
    open: async (visit) => {
      await choose(visit, 'plan', new RegExp(visit.t('integration.run.state.failed')));
      await visit.page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'integration-conflict',
    open: async ({ integration, t }) => {
      const rename = integration.section('sync').getByRole('button', { name: t('integration.sync.rename') });
      await rename.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'integration-link',
    open: async ({ integration, page }) => {
      await integration.press('integration.sync.link', integration.section('sync'));
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'integration-backups',
    open: async ({ integration }) => integration.section('backups').scrollIntoViewIfNeeded(),
  },
  {
    name: 'integration-doctor',
    open: async ({ integration }) => {
      await integration.section('doctor').scrollIntoViewIfNeeded();
      await integration.section('doctor').locator('summary').click();
    },
  },
  {
    name: 'integration-roll-back',
    open: async ({ integration, page }) => {
      await integration.press('integration.backup.rollback', integration.section('backups'));
      await integration.press('integration.ask.rollbackDo', integration.run('rollback-plan'));
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'integration-broken',
    open: async ({ integration, page, t }) => {
      app.rocketChat.faults.order({ name: 'outage' });
      await page.reload();
      await integration.stands('broken');
      await integration.section('doctor').getByText(t('integration.doctor.all.wrong')).waitFor();
    },
  },
];

describe.each(VIEWS)('The Integration page: $language, $device, in both themes', (view) => {
  const { language, device, first: theme } = view;
  const t = textsOf(language);

  it('in every state', async () => {
    const owner = await app.person('owner', {
      theme,
      phone: device === 'phone',
      emoji: PICTURES !== null,
      locale: language === 'ru' ? 'ru-RU' : 'en-US',
    });
    await owner.api('PATCH', 'users/me', { locale: language });
    const { page } = owner;
    const integration = new IntegrationPage(page, t);
    await integration.open();
    for (const { name, open } of SCREENS) {
      await open({ page, integration, t }).catch((cause: unknown) => {
        throw new Error(`${name} (${language}, ${device}) did not open: ${String(cause)}`, { cause });
      });
      await lookOverInBothThemes(page, name, view);
      // The next one is a state of the same page; a question that was asked is not answered.
      if ((await page.getByRole('alertdialog').count()) > 0) await page.keyboard.press('Escape');
    }
  }, 180_000);
});
