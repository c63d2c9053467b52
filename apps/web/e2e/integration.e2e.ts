import { readFile } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { command } from './support/command.js';
import { eventually } from './support/eventually.js';
import { run, useIntegrationApp } from './support/integration.js';
import { IntegrationPage } from './support/pages/integration-page.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import { textsOf } from './support/texts.js';

const app = useIntegrationApp();
const t = textsOf('ru');

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

    // Until then members are not told that it takes a moment, but what is missing.
    const early = await app.person('store_owner');
    await early.page.goto('/chat');
    await new RocketChatPage(early.page).failure.getByText(t('rocketchat.remedy.ask')).waitFor();

    // Somebody of ours has the user name of an admin there: the reason is named, nothing waits, and it is as new as it was.
    const namesake = rocketChat.make.user('owner', { name: 'Another Owner', roles: ['admin'] });
    await integration.press('integration.run.apply');
    await integration.confirm('integration.run.apply');
    const refused = integration.run('apply');
    await refused
      .getByRole('alert')
      .getByText(/^Логин owner в портале и у администратора Rocket\.Chat/)
      .waitFor();
    expect(await refused.getByRole('listitem').count()).toBe(0);
    await integration.stands('new');
    namesake.username = 'another_owner';

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
    const member = await app.person('test_user');
    const chat = new RocketChatPage(member.page);
    await member.page.goto('/chat');
    await chat.failure.getByRole('heading', { name: t('rocketchat.cause.account_conflict.title') }).waitFor();
    await integration.press('integration.sync.rename', conflicts);
    // Whom it is about need not do anything.
    await chat.ready();
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

  it('follows by itself what happens elsewhere: Rocket.Chat goes away and comes back, people come, a command works', async () => {
    const { rocketChat } = app;
    const owner = await app.person('owner');
    const { page } = owner;
    await run(owner, { kind: 'apply' });
    rocketChat.set('Unread_Count', 'user_mentions_only');
    await run(owner, { kind: 'plan' });
    await page.clock.install();
    const integration = new IntegrationPage(page);
    await integration.open();
    await integration.stands('differs');
    // At the next look, which nobody has to wait for here.
    const sees = async (text: string | RegExp, within = integration.section('state')): Promise<void> => {
      await page.clock.runFor(5_000);
      await within.getByText(text).first().waitFor();
    };
    const state = integration.section('state');
    const doctor = integration.section('doctor');
    const verify = state.getByRole('button', { name: 'Проверить', exact: true });
    await verify.focus();
    const told: string[] = [];
    await page.exposeFunction('heard', (text: string) => void told.push(text));
    await state.getByRole('status').evaluate((region) => {
      const tell = (window as unknown as { heard(text: string): void }).heard;
      new MutationObserver(() => tell((region as HTMLElement).innerText)).observe(region, {
        ...{ subtree: true, childList: true, characterData: true },
      });
    });

    rocketChat.faults.order({ name: 'outage' });
    await sees('Нет связи с Rocket.Chat');
    await integration
      .section('drift')
      .getByText(/^По состоянию на/)
      .waitFor();
    await doctor.getByText(/с сервера не открывается/).waitFor();
    // Nobody who was at a button is anywhere else now.
    expect(await verify.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await verify.getAttribute('aria-disabled')).toBe('true');
    rocketChat.faults.clear();
    await sees('Подключено, есть отличия');
    await doctor.getByText(/с сервера не открывается/).waitFor({ state: 'detached' });
    expect(await verify.evaluate((button) => button === document.activeElement)).toBe(true);
    // One polite word for each change, and none between: it is asked every few seconds.
    expect(told.map((text) => text.split('\n')[0])).toEqual(['Нет связи с Rocket.Chat', 'Подключено, есть отличия']);

    // Somebody comes whose name is taken there; somebody else gets on.
    const sync = integration.section('sync');
    const count = (name: string) =>
      sync
        .locator('dl > div')
        .filter({ hasText: new RegExp(`^${name}`) })
        .locator('dd');
    const ready = Number(await count('в порядке').innerText());
    rocketChat.make.user('taken_name', { name: 'Somebody Else', roles: ['user'] });
    for (const username of ['taken_name', 'free_name']) {
      await owner.api('POST', 'users', { username, fullName: username, locale: 'ru', password: 'a-long-password-1' });
    }
    await sees(/чужая учётная запись с логином taken_name/, sync);
    await eventually(async () => {
      expect([await count('в порядке').innerText(), await count('нужно решение').innerText()]).toEqual([
        String(ready + 1),
        '1',
      ]);
    });

    const release = rocketChat.faults.order({ name: 'latency', ms: 6_000, route: 'settings' });
    const applied = command(app, 'rocketchat', 'apply');
    await sees(/^Применение: командная строка, /);
    await integration.stands('running');
    expect(await verify.getAttribute('aria-disabled')).toBe('true');
    release();
    expect(await applied).toBe(0);
    await sees('Подключено, не все учётные записи в порядке');
    await integration
      .section('history')
      .getByRole('button', { name: /Применение .* командная строка, / })
      .waitFor();
    // What has focus when it goes away hands it to what is around it.
    await integration.press('integration.sync.rename', sync);
    await sees('Подключено и настроено');
    expect(await sync.evaluate((section) => section.contains(document.activeElement))).toBe(true);
  }, 120_000);

  it('is not green while members are told that something is wrong, and says what they are told', async () => {
    const { rocketChat } = app;
    const owner = await app.person('owner');
    await run(owner, { kind: 'apply' });
    const integration = new IntegrationPage(owner.page);
    await integration.open();
    await integration.stands('connected');
    const state = integration.section('state');
    const doctor = integration.section('doctor');
    const provider = 'Accounts_OAuth_Custom-Besedka';
    rocketChat.set(provider, false);
    rocketChat.set('Iframe_Restrict_Access', true);
    rocketChat.settle();
    await integration.press('integration.doctor.again', doctor);
    await doctor.getByText(t('integration.doctor.cause.provider_disabled')).waitFor();
    // The page's next look sees what the doctor saw; nobody has run a plan.
    await integration.stands('faulty');
    expect(await state.getByRole('status').getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining(t('rocketchat.cause.frame_forbidden_by_header.title')),
      expect.stringContaining(t('rocketchat.cause.provider_disabled.title')),
    ]);
    expect(await state.locator('.btn-primary').allInnerTexts()).toEqual([t('integration.run.apply')]);

    await integration.press('integration.run.apply');
    await integration.confirm('integration.run.apply');
    await integration.stands('connected');
    await doctor.getByText(t('integration.doctor.cause.provider_disabled')).waitFor({ state: 'detached' });
    expect(rocketChat.setting(provider)).toBe(true);
  }, 120_000);

  it('notices that the portal was started with other settings', async () => {
    const owner = await app.person('owner');
    owner.guard.allow(/ERR_|Failed to load|WebSocket/);
    const { page } = owner;
    await page.clock.install();
    const integration = new IntegrationPage(page);
    const missing = integration.section('doctor').getByText(t('integration.doctor.cause.token_secret_missing'));
    const wrong = integration.section('doctor').getByText(t('integration.doctor.cause.token_secret_wrong'));
    const mode = { ROCKETCHAT_MODE: 'iframe-token' };
    try {
      await app.server.restart(mode);
      await integration.open();
      await missing.waitFor();
      // Quicker than the page asks: it has not seen the portal away.
      await app.server.restart({ ...mode, ROCKETCHAT_TOKEN_SECRET: 'another-one' });
      await page.clock.runFor(5_000);
      await wrong.waitFor();
      expect(await missing.count()).toBe(0);
    } finally {
      await app.server.restart();
    }
  }, 120_000);

  it('asks nothing while nobody looks', async () => {
    const owner = await app.person('owner');
    const { page } = owner;
    await page.clock.install();
    const integration = new IntegrationPage(page);
    await integration.open();
    await integration.section('backups').getByRole('button', { name: 'Сделать копию' }).waitFor();
    const asked: string[] = [];
    const turn = (to: 'hidden' | 'visible') =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
        document.dispatchEvent(new Event('visibilitychange'));
      }, to);
    await turn('hidden');
    await page.waitForLoadState('networkidle');
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.clock.runFor(120_000);
    expect(asked.filter((path) => path.includes('/admin/'))).toEqual([]);
    const status = page.waitForRequest(/\/admin\/rocketchat$/);
    await turn('visible');
    await status;
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
