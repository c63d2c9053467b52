import { randomUUID } from 'node:crypto';
import type { Screen, Visit } from './screens.js';

const answers = ({ page, t }: Visit): Promise<void> =>
  page.getByRole('group', { name: t('oauth.consent.choice') }).waitFor();

async function openForm({ page, t }: Visit, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('textbox', { name: t('applications.field.name'), exact: true }).waitFor();
}

async function register({ page, t }: Visit): Promise<void> {
  await page.getByRole('button', { name: t('applications.create.submit'), exact: true }).click();
}

/** Pages of the OAuth server for people who are not signed in. */
export const OAUTH_VISITOR_SCREENS: readonly Screen[] = [
  {
    name: 'sign-in-for-application',
    open: async ({ page, t, scene }) => {
      // The way that a browser takes: to the portal's authorize address, which sends it on.
      await page.goto(`/o/authorize/?${scene.asks}`);
      await page.getByText(t('auth.signIn.waiting')).waitFor();
    },
  },
];

/** Pages of the OAuth server, and the administration of applications. */
export const OAUTH_OWNER_SCREENS: readonly Screen[] = [
  {
    name: 'my-applications',
    open: async ({ page, scene, t }) => {
      await page.goto('/profile');
      const revoke = page.getByRole('button', { name: t('oauth.mine.revokeOne', { name: scene.wiki.name }) });
      await revoke.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'revoke-application',
    open: async ({ page, scene, t }) => {
      await page.goto('/profile');
      await page.getByRole('button', { name: t('oauth.mine.revokeOne', { name: scene.wiki.name }) }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'consent',
    open: async (visit) => {
      await visit.page.goto(`/oauth/consent?${visit.scene.asks}`);
      await answers(visit);
    },
  },
  {
    name: 'consent-impossible',
    open: async ({ page, t }) => {
      await page.goto('/oauth/consent?client_id=nobody');
      await page.getByRole('heading', { name: t('oauth.consent.invalid.unknown_client.title') }).waitFor();
    },
  },
  {
    name: 'sign-out-for-application',
    open: async (visit) => {
      await visit.page.goto('/oauth/logout');
      await answers(visit);
    },
  },
  {
    name: 'device',
    open: async ({ page, t }) => {
      await page.goto('/device');
      await page.getByRole('textbox', { name: t('oauth.device.code') }).waitFor();
    },
  },
  {
    name: 'device-wrong',
    open: async ({ page, t }) => {
      await page.goto('/device?user_code=BCDF-GHJK');
      await page.getByRole('button', { name: t('oauth.device.next') }).click();
      await page.getByText(t('errors.codes.device_code_unknown')).waitFor();
    },
  },
  {
    name: 'device-asks',
    open: async (visit) => {
      const { page, t, scene } = visit;
      // The tool asks, not the browser: it knows nothing of the person's cookies.
      const made = await fetch(new URL('/o/device_authorization/', page.url()), {
        method: 'POST',
        body: new URLSearchParams({ client_id: scene.cli.clientId, scope: 'openid profile' }),
      });
      const { user_code: code } = (await made.json()) as { user_code: string };
      await page.goto(`/device?user_code=${code}`);
      await page.getByRole('button', { name: t('oauth.device.next') }).click();
      await answers(visit);
    },
  },
  {
    name: 'applications',
    open: async ({ page, scene }) => {
      await page.goto('/admin/applications');
      await page.getByRole('link', { name: scene.wiki.name }).waitFor();
    },
  },
  {
    name: 'application',
    open: async (visit) => {
      await openForm(visit, `/admin/applications/${visit.scene.wiki.id}`);
      await visit.page.getByText(visit.t('applications.connect.token'), { exact: true }).waitFor();
    },
  },
  {
    name: 'application-wrong',
    open: async (visit) => {
      const { page, t, scene } = visit;
      await openForm(visit, `/admin/applications/${scene.wiki.id}`);
      await page.getByRole('textbox', { name: t('applications.field.name'), exact: true }).fill('');
      await page
        .getByRole('textbox', { name: new RegExp(t('applications.field.redirectUris')) })
        .first()
        .fill('nowhere');
      await page.getByRole('button', { name: t('common.action.save'), exact: true }).click();
      await page.getByText(t('errors.fields.bad_uri')).waitFor();
    },
  },
  {
    name: 'delete-application',
    open: async (visit) => {
      await openForm(visit, `/admin/applications/${visit.scene.wiki.id}`);
      await visit.page.getByRole('button', { name: visit.t('applications.danger.delete'), exact: true }).click();
      await visit.page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'application-missing',
    open: async ({ page, t }) => {
      await page.goto('/admin/applications/00000000-0000-7000-8000-000000000000');
      await page.getByText(t('applications.missing.title')).waitFor();
    },
  },
  {
    name: 'create-application',
    open: async (visit) => {
      await openForm(visit, '/admin/applications/new');
      await visit.page.getByRole('radio', { name: visit.t('applications.preset.rocketChat.title') }).check();
      await visit.page.getByText(visit.t('applications.noPkceText')).waitFor();
    },
  },
  {
    name: 'application-secret',
    open: async (visit) => {
      const { page, t } = visit;
      await openForm(visit, '/admin/applications/new');
      await page.getByRole('radio', { name: t('applications.preset.service.title') }).check();
      const name = `Отчёт ${randomUUID().slice(0, 4)}`;
      await page.getByRole('textbox', { name: t('applications.field.name'), exact: true }).fill(name);
      await register(visit);
      await page.getByRole('dialog').getByText(t('applications.secret.warning')).waitFor();
    },
  },
  {
    name: 'role-names',
    open: async ({ page, t }) => {
      await page.goto('/admin/applications/roles');
      await page.getByRole('textbox', { name: t('admin.role.moderator.title') }).waitFor();
    },
  },
];
