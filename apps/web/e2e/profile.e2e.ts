import { expect } from '@jest/globals';
import type { Me } from '@besedka/contracts';
import type { Page } from 'playwright-core';
import { guardContext } from '@besedka/testing/page-guard';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { linkFromMail } from './support/mail.js';
import { LOCAL } from './support/person.js';

const app = useApp();

/** A picture of one colour, wider than high; drawn by the page itself. */
async function picture(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 400;
    canvas.height = 200;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.fillStyle = '#3a7';
    context.fillRect(0, 0, 400, 200);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  return Buffer.from(base64, 'base64');
}

describe('Profile and settings', () => {
  it('apply at once, survive a reload and reach another device', async () => {
    const person = await app.person('store_admin');
    const { page } = person;
    await page.goto('/settings');
    await page.getByRole('radio', { name: 'Тёмное' }).check();
    await eventually(async () => expect(await page.locator('html').getAttribute('class')).toContain('dark'));
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    await page.getByRole('switch', { name: 'Enter sends the message' }).click();
    await page.getByText('Enter starts a new line, Ctrl + Enter sends').waitFor();
    await eventually(async () =>
      expect(await person.api<Me>('GET', 'users/me')).toMatchObject({ theme: 'dark', locale: 'en', enterSends: false }),
    );
    await page.reload();
    await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    expect(await page.getByRole('switch', { name: 'Enter sends the message' }).isChecked()).toBe(false);

    const other = await app.person('store_admin');
    await other.page.goto('/settings');
    await other.page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
    await eventually(async () => expect(await other.page.locator('html').getAttribute('class')).toContain('dark'));
  });

  it('what a visitor sets on the way in goes with them', async () => {
    const visitor = await app.browser.newContext({ baseURL: app.server.url, locale: 'ru-RU', reducedMotion: 'reduce' });
    const guard = guardContext(visitor);
    const page = await visitor.newPage();
    await page.goto('/login');
    await page.getByRole('button', { name: /^Язык/ }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('button', { name: /^Appearance/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.getByLabel('User name or e-mail').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(LOCAL.admin);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: /^Account/ }).waitFor();
    await eventually(async () => {
      const me = await (await visitor.request.get('/api/v1/users/me')).json();
      expect(me).toMatchObject({ locale: 'en', theme: 'dark' });
    });
    guard.assertClean();
  });

  it('a picture is shown before it is saved, then everywhere, and can be taken away', async () => {
    const person = await app.person('test_user');
    const { page } = person;
    await page.goto('/profile');
    await page.getByRole('heading', { name: 'Фотография' }).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'я.png', mimeType: 'image/png', buffer: await picture(page) });
    await page.getByRole('img', { name: 'Так фотографию увидят другие' }).waitFor();
    await page.getByRole('button', { name: 'Сохранить фотографию' }).click();
    await page.getByRole('button', { name: 'Заменить' }).waitFor();
    const { avatarUrl } = await person.api<Me>('GET', 'users/me');
    expect(avatarUrl).toMatch(/\.webp$/);
    expect(await page.locator(`nav img[src="${avatarUrl}"]`).count()).toBe(1);

    await page.getByRole('button', { name: 'Убрать' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Убрать' }).click();
    await page.getByRole('button', { name: 'Выбрать файл' }).waitFor();
    expect((await person.api<Me>('GET', 'users/me')).avatarUrl).toBeNull();

    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await page.getByText('Выберите другой файл').waitFor();
  });

  it('the own name is stored and seen in the rail; leaving with a half-typed one asks', async () => {
    const person = await app.person('test_user');
    const { page } = person;
    await page.goto('/profile');
    await page.getByRole('textbox', { name: 'Как Вас называть' }).fill('Тимур Новый');
    await page.getByRole('link', { name: 'Настройки' }).click();
    await page.getByRole('alertdialog', { name: 'Уйти, не сохранив?' }).getByRole('button', { name: 'Отмена' }).click();
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByRole('button', { name: 'Учётная запись: Тимур Новый' }).waitFor();
    // Shown at once; stored when the button's work is done.
    await page.getByText('Имя сохранено').first().waitFor();
    expect((await person.api<Me>('GET', 'users/me')).fullName).toBe('Тимур Новый');
  });

  it('the own address changes with the current password only, and works at the next sign-in', async () => {
    const person = await app.person('owner');
    const { page } = person;
    await page.goto('/profile');
    const section = page.getByRole('region', { name: 'Почта' });
    const password = section.getByLabel('Текущий пароль');
    await section.getByLabel('Адрес почты').waitFor();
    expect(await password.count()).toBe(0);
    await section.getByLabel('Адрес почты').fill('admin@besedka.local');
    await password.fill('совсем не тот');
    person.guard.allow(/40[09]/);
    await section.getByRole('button', { name: 'Сменить почту' }).click();
    await section.getByText('Текущий пароль введён неверно.').waitFor();
    await password.fill('owner123secure');
    await section.getByRole('button', { name: 'Сменить почту' }).click();
    await section.getByText('Этот адрес почты уже занят.').waitFor();
    await section.getByLabel('Адрес почты').fill('olga@example.org');
    await section.getByRole('button', { name: 'Сменить почту' }).click();
    await page.getByText('Почта изменена').first().waitFor();
    await password.waitFor({ state: 'detached' });
    expect((await app.signIn('olga@example.org', 'owner123secure')).me.username).toBe('owner');

    // In the list of users the own address is shown and cannot be typed into.
    await page.goto(`/admin/users/${person.id}`);
    const own = page.getByRole('dialog').getByRole('textbox', { name: 'Почта' });
    await own.waitFor();
    expect([await own.inputValue(), await own.isDisabled()]).toEqual(['olga@example.org', true]);
    await page.getByText('Свою почту Вы меняете в профиле').waitFor();
  });

  it('a reset link sets a new password once; the second time its page says so before a password is typed', async () => {
    const visitor = await app.browser.newContext({ baseURL: app.server.url, locale: 'ru-RU' });
    const guard = guardContext(visitor);
    const page = await visitor.newPage();
    await page.goto('/forgot');
    await page.getByLabel('Логин или почта').fill('store_admin');
    await page.getByRole('button', { name: 'Прислать ссылку' }).click();
    await page.getByRole('heading', { name: 'Проверьте почту' }).waitFor();
    const link = await linkFromMail(app.server, 'store_admin@besedka.local');
    await page.goto(link);
    await page.getByLabel('Новый пароль').fill('зимний-каштан-78');
    await page.getByRole('button', { name: 'Сохранить пароль' }).click();
    await page.getByRole('heading', { name: 'Пароль изменён' }).waitFor();
    guard.allow(/400/);
    await page.goto(link);
    await page.getByRole('heading', { name: 'Ссылка не действует' }).waitFor();
    expect(await page.getByLabel('Новый пароль').count()).toBe(0);
    guard.assertClean();
    await visitor.close();
  });

  it('other sessions are listed and ended, one by one and all', async () => {
    const here = await app.person('store_owner');
    const one = await app.person('store_owner');
    const two = await app.person('store_owner');
    await Promise.all([one.chats.open(), two.chats.open()]);
    await here.page.goto('/settings/sessions');
    const list = here.page.getByRole('region', { name: 'Сеансы' });
    await eventually(async () => expect(await list.getByRole('listitem').count()).toBe(3));
    expect(await list.getByRole('listitem').first().innerText()).toContain('этот сеанс');
    for (const person of [one, two]) person.guard.allow(/401/);
    await list
      .getByRole('button', { name: /^Завершить сеанс/ })
      .first()
      .click();
    await eventually(async () => expect(await list.getByRole('listitem').count()).toBe(2));
    await list.getByRole('button', { name: 'Завершить все остальные' }).click();
    await here.page.getByRole('alertdialog').getByRole('button', { name: 'Завершить все остальные' }).click();
    await list.getByText('Других сеансов нет.').waitFor();
    await Promise.all([one.page.waitForURL('**/login**'), two.page.waitForURL('**/login**')]);
    // This one lives on.
    await here.page.reload();
    await list.getByRole('listitem').waitFor();
  });

  it('the password changes with the current one only; this session stays, the others end', async () => {
    const person = await app.person('owner');
    const other = await app.person('owner');
    await other.chats.open();
    const { page } = person;
    await page.goto('/settings/password');
    await page.getByLabel('Текущий пароль').fill('совсем не тот');
    await page.getByLabel('Новый пароль').fill('зимний-каштан-77');
    person.guard.allow(/400/);
    await page.getByRole('button', { name: 'Сменить пароль' }).click();
    await page.getByText('Текущий пароль введён неверно.').waitFor();
    await page.getByLabel('Текущий пароль').fill('owner123secure');
    other.guard.allow(/401/);
    await page.getByRole('button', { name: 'Сменить пароль' }).click();
    await page.getByText('Пароль изменён, остальные сеансы завершены').first().waitFor();
    await other.page.waitForURL('**/login**');
    await page.reload();
    await page.getByRole('heading', { name: 'Настройки', exact: true }).waitFor();
    expect((await app.signIn('owner', 'зимний-каштан-77')).me.username).toBe('owner');
  });
});
