import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { OAUTH_OWNER_SCREENS, OAUTH_VISITOR_SCREENS } from './oauth-screens.js';
import type { Scene } from './scene.js';
import type { Texts } from './texts.js';

/** What a step needs to find its way in any language. */
export interface Visit {
  readonly page: Page;
  readonly t: Texts;
  readonly scene: Scene;
  readonly phone: boolean;
}

/** A state of the product that somebody looks at. `open` ends when it is completely there. */
export interface Screen {
  readonly name: string;
  readonly open: (visit: Visit) => Promise<void>;
}

const heading = ({ page }: Visit, name: string): Promise<void> =>
  page.getByRole('heading', { name, exact: true }).waitFor();

/** Pages of people who are not signed in. */
export const VISITOR_SCREENS: readonly Screen[] = [
  {
    name: 'sign-in',
    open: async (visit) => {
      await visit.page.goto('/login');
      await heading(visit, visit.t('auth.signIn.heading'));
    },
  },
  {
    name: 'sign-in-refused',
    open: async ({ page, t }) => {
      await page.goto('/login');
      // Another name each time: repeated refusals of one account are answered with a delay instead.
      await page.getByLabel(t('auth.signIn.login')).fill(`nobody-${randomUUID().slice(0, 8)}`);
      await page.getByLabel(t('auth.signIn.password'), { exact: true }).fill('wrong password');
      await page.getByRole('button', { name: t('auth.signIn.submit'), exact: true }).click();
      await page.getByText(t('errors.codes.invalid_credentials')).first().waitFor();
    },
  },
  {
    name: 'forgot',
    open: async (visit) => {
      await visit.page.goto('/forgot');
      await heading(visit, visit.t('auth.forgot.heading'));
    },
  },
  {
    name: 'reset-refused',
    open: async (visit) => {
      await visit.page.goto('/reset?token=this-link-was-never-sent-to-anybody');
      await heading(visit, visit.t('auth.link.badTitle'));
    },
  },
  {
    name: 'activation-refused',
    open: async (visit) => {
      await visit.page.goto('/activate?token=this-link-was-never-sent-to-anybody');
      await heading(visit, visit.t('auth.link.badTitle'));
    },
  },
  ...OAUTH_VISITOR_SCREENS,
];

/** Pages of the owner, who may see everything. */
export const OWNER_SCREENS: readonly Screen[] = [
  {
    name: 'chats',
    open: async ({ page, scene, phone }) => {
      await page.goto(phone ? '/chat' : `/chat/${scene.conversation.id}`);
      await page.locator(`[data-chat-id="${scene.conversation.id}"]`).waitFor();
      if (!phone) await page.getByRole('log').getByText('Тогда до четверга').waitFor();
    },
  },
  {
    name: 'conversation',
    open: async ({ page, scene }) => {
      await page.goto(`/chat/${scene.group.id}`);
      await page.getByRole('log').getByText('Я буду с десяти').waitFor();
    },
  },
  {
    name: 'users',
    open: async ({ page, scene, t }) => {
      await page.goto('/admin/users');
      await page.getByRole('link', { name: scene.anna.fullName }).waitFor();
      // The filter knows the roles, so the table calls them by name.
      await page.getByRole('option', { name: t('admin.role.store_owner.title') }).waitFor({ state: 'attached' });
    },
  },
  {
    name: 'users-nobody-found',
    open: async ({ page, t }) => {
      await page.goto('/admin/users?q=nobody-is-called-so');
      await page.getByText(t('admin.users.nothingTitle')).waitFor();
    },
  },
  {
    name: 'user-menu',
    open: async ({ page, t, scene }) => {
      await page.goto('/admin/users');
      await page.getByRole('button', { name: t('admin.users.menu', { name: scene.anna.fullName }) }).click();
      await page.getByRole('menuitem', { name: t('admin.action.delete') }).waitFor();
    },
  },
  {
    name: 'edit-user',
    open: async ({ page, t, scene }) => {
      await page.goto(`/admin/users/${scene.anna.id}`);
      await page
        .getByRole('dialog')
        .getByRole('checkbox', { name: t('admin.role.user.title') })
        .waitFor();
    },
  },
  {
    name: 'edit-user-wrong',
    open: async ({ page, t, scene }) => {
      await page.goto(`/admin/users/${scene.anna.id}`);
      await page
        .getByRole('textbox', { name: t('admin.field.fullName') })
        .first()
        .fill('');
      await page.getByRole('button', { name: t('common.action.save') }).click();
      await page.getByText(t('errors.fields.empty')).waitFor();
      await page.keyboard.press('Escape');
      await page.getByText(t('admin.edit.unsaved')).waitFor();
    },
  },
  {
    name: 'user-missing',
    open: async ({ page, t }) => {
      await page.goto('/admin/users/00000000-0000-7000-8000-000000000000');
      await page.getByText(t('admin.edit.missingTitle')).waitFor();
    },
  },
  {
    name: 'create-user',
    open: async ({ page, t }) => {
      await page.goto('/admin/users');
      await page.getByRole('button', { name: t('admin.users.create'), exact: true }).click();
      await page.getByRole('radio', { name: t('admin.create.password') }).click();
      await page.getByRole('button', { name: t('admin.create.generate') }).click();
    },
  },
  {
    name: 'user-sessions',
    open: async ({ page, t, scene }) => {
      await page.goto('/admin/users');
      await page.getByRole('button', { name: t('admin.users.menu', { name: scene.anna.fullName }) }).click();
      await page.getByRole('menuitem', { name: t('admin.action.sessions') }).click();
      await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
  },
  {
    name: 'disable-user',
    open: async ({ page, t, scene }) => {
      await page.goto('/admin/users');
      await page.getByRole('button', { name: t('admin.users.menu', { name: scene.anna.fullName }) }).click();
      await page.getByRole('menuitem', { name: t('admin.action.disable'), exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'hand-over',
    open: async ({ page, t, scene }) => {
      await page.goto('/admin/users');
      await page.getByRole('button', { name: t('admin.users.menu', { name: scene.anna.fullName }) }).click();
      await page.getByRole('menuitem', { name: t('admin.action.handover') }).click();
      await page.getByRole('dialog').getByLabel(t('admin.handover.password')).waitFor();
    },
  },
  {
    name: 'profile',
    open: async (visit) => {
      await visit.page.goto('/profile');
      await heading(visit, visit.t('profile.facts.title'));
    },
  },
  ...OAUTH_OWNER_SCREENS,
  {
    name: 'integration-off',
    open: async (visit) => {
      await visit.page.goto('/admin/integration');
      await heading(visit, visit.t('integration.off.title'));
      await visit.page.getByRole('button', { name: visit.t('integration.doctor.again') }).waitFor();
    },
  },
  {
    name: 'settings',
    open: async ({ page }) => {
      await page.goto('/settings');
      await page.locator('#sessions').getByRole('listitem').first().waitFor();
    },
  },
  {
    name: 'not-found',
    open: async (visit) => {
      await visit.page.goto('/there/is/no/such/page');
      await heading(visit, visit.t('common.notFound.title'));
    },
  },
];

/** A page of somebody who may not see it. */
export const FORBIDDEN: Screen = {
  name: 'forbidden',
  open: async (visit) => {
    await visit.page.goto('/admin/users');
    await heading(visit, visit.t('common.forbidden.title'));
  },
};
