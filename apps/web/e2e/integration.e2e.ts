import { readFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { eventually } from './support/eventually.js';
import { useIntegrationApp } from './support/integration.js';
import { IntegrationPage } from './support/pages/integration-page.js';

const app = useIntegrationApp();

describe('Administration → Integration', () => {
  it('F30 from a new Rocket.Chat to a proven one, and back again: plan, apply, verify, decide, back up, roll back', async () => {
    const { rocketChat } = app;
    // Somebody in Rocket.Chat has the user name of one of our people.
    rocketChat.make.user('test_user', { name: 'Somebody Else', roles: ['user'] });
    const owner = await app.person('owner');
    const { page } = owner;
    const integration = new IntegrationPage(page);
    await integration.openFromRail();
    await integration.stands('new');

    await integration.press('integration.run.plan');
    const planned = integration.run('plan');
    await integration.difference('Unread_Count').waitFor();
    expect(await integration.difference('Unread_Count').innerText()).toMatch(
      /user_and_group_mentions_only\s+all_messages/,
    );
    expect(await planned.innerText()).not.toMatch(/bsk_/);
    expect(rocketChat.setting('Unread_Count')).toBe('user_and_group_mentions_only');

    // A reloaded page goes on showing what runs on the server.
    const release = rocketChat.faults.order({ name: 'latency', ms: 1500, route: 'settings' });
    await integration.press('integration.run.apply');
    expect(await integration.confirm('integration.run.apply')).toContain(new URL(rocketChat.url).host);
    const applied = integration.run('apply');
    await applied.getByText('Каналы', { exact: true }).waitFor();
    await page.reload();
    await applied.getByText('Каналы', { exact: true }).waitFor();

    // The portal does not say how it goes: the page says so, and goes on by itself when it does.
    owner.guard.allow(/ERR_FAILED/);
    await page.route('**/rocketchat/runs/*', (route) => route.abort());
    await applied.getByText('Связь с порталом потеряна, спрашиваем снова').waitFor();
    await integration.stands('lost');
    await page.unroute('**/rocketchat/runs/*');
    release();
    await integration.stands('accounts');
    await applied.getByText(/^Изменено: \d+/).waitFor();
    expect(await applied.getByText('Связь с порталом потеряна').count()).toBe(0);
    // What was done is folded, and unfolds by the keyboard.
    expect(await integration.difference('Unread_Count').count()).toBe(0);
    await applied.locator('summary').first().press('Enter');
    await integration.difference('Unread_Count').waitFor();
    expect(rocketChat.setting('Unread_Count')).toBe('all_messages');

    await integration.press('integration.run.verify');
    await integration.confirm('integration.run.verify');
    const verified = integration.run('verify');
    await eventually(async () => expect(await verified.getByText(/: хорошо$/).count()).toBe(7), 60_000);

    const conflicts = integration.section('sync');
    await conflicts.getByText(/чужая учётная запись с логином test_user/).waitFor();
    await integration.press('integration.sync.rename', conflicts);
    await conflicts.getByText('Все учётные записи в порядке').waitFor();
    await integration.stands('connected');
    expect([...rocketChat.state.users.values()].map(({ username }) => username)).toEqual(
      expect.arrayContaining(['test_user', 'test_user_2']),
    );

    const backups = integration.section('backups');
    await integration.press('integration.run.backup', backups);
    await backups.getByText('сделана вручную').waitFor();
    const waiting = page.waitForEvent('download');
    await backups
      .getByRole('link', { name: /^Скачать копию/ })
      .first()
      .click();
    const file = await (await waiting).path();
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ format: 'besedka-rocketchat-backup' });

    // Somebody changes a setting by hand; the file brings it back.
    rocketChat.set('Unread_Count', 'user_mentions_only');
    await backups.locator('input[type=file]').setInputFiles(file);
    const restorePlan = integration.run('restore-plan');
    await restorePlan.getByRole('row').filter({ hasText: 'user_mentions_only' }).waitFor();
    await integration.press('integration.ask.restoreDo', restorePlan);
    expect(await integration.confirm('integration.ask.restoreDo')).toContain(new URL(rocketChat.url).host);
    await integration
      .run('restore')
      .getByText(/^Изменено: 1/)
      .waitFor();
    expect(rocketChat.setting('Unread_Count')).toBe('all_messages');

    await integration.press('integration.backup.rollback', backups);
    const plan = integration.run('rollback-plan');
    await integration.press('integration.ask.rollbackDo', plan);
    await integration.confirm('integration.ask.rollbackDo');
    await integration
      .run('rollback')
      .getByText(/^Изменено: \d+/)
      .waitFor();
    expect(rocketChat.setting('Unread_Count')).toBe('user_and_group_mentions_only');
    await integration.stands('differs');
  }, 240_000);

  it('says why something failed, and repeats it when the cause is gone', async () => {
    const owner = await app.person('owner');
    const integration = new IntegrationPage(owner.page);
    await integration.open();
    app.rocketChat.faults.order({ name: 'outage' });
    await integration.press('integration.run.plan');
    const failed = integration.run('plan');
    await failed
      .getByRole('alert')
      .getByText(/Rocket\.Chat не отвечает/)
      .waitFor();
    await integration.stands('broken');
    // Nothing beside it stays green: it is told as how it was.
    await integration
      .section('drift')
      .getByText(/^По состоянию на/)
      .waitFor();
    await integration
      .section('sync')
      .getByText(/^По состоянию на/)
      .waitFor();
    expect(await integration.section('state').locator('.btn-primary').allInnerTexts()).toEqual(['Проверить снова']);
    app.rocketChat.faults.clear();
    await integration.press('integration.state.again');
    await integration.stands('differs');
    expect(await integration.section('state').locator('.btn-primary').allInnerTexts()).toEqual(['Применить']);
    await integration.press('integration.run.again', failed);
    await integration.difference('Unread_Count').waitFor();
    await integration.stands('differs');
  });

  it('is closed to those who may not', async () => {
    const admin = await app.person('admin');
    await admin.page.goto('/admin/users');
    await admin.page.getByRole('table', { name: 'Пользователи' }).waitFor();
    expect(await admin.page.getByRole('link', { name: 'Интеграция' }).count()).toBe(0);
    await admin.page.goto('/admin/integration');
    await admin.page.getByRole('heading', { name: 'Сюда нет доступа' }).waitFor();
  });
});
