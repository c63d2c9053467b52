import { expect } from '@jest/globals';
import type { Me, User } from '@besedka/contracts';
import { guardContext } from '@besedka/testing/page-guard';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { linkFromMail } from './support/mail.js';
import { UsersPage } from './support/pages/users-page.js';
import type { Person } from './support/person.js';

const app = useApp();
const PASSWORD = 'каштановый-закат-17';

/** An account made over the API, for the scene. */
async function makeUser(by: Person, username: string, fullName: string, more: object = {}): Promise<User> {
  return by.api<User>('POST', 'users', { username, fullName, locale: 'ru', password: PASSWORD, ...more });
}

/** The product's acceptance walk "Editing a user" and what belongs to it. */
describe('Editing a user', () => {
  it('F24 admin changes a name: no 405, the data is stored, the dialog closes', async () => {
    const admin = await app.person('admin');
    const made = await makeUser(admin, 'temp_walk', 'Прежнее Имя');
    const users = new UsersPage(admin.page);
    const answers: string[] = [];
    admin.page.on('response', (answer) => {
      if (answer.url().includes(`/users/${made.id}`)) answers.push(`${answer.request().method()} ${answer.status()}`);
    });

    await users.openFromRail();
    await users.act('Прежнее Имя', 'Изменить');
    await users.field('Имя').fill('Новое Имя');
    await users.save();

    await users.notice('Сохранено: Новое Имя').waitFor();
    await users.dialog.waitFor({ state: 'detached' });
    expect(answers).toContain('PUT 200');
    expect(answers.filter((answer) => /\b4\d\d$/.test(answer))).toEqual([]);
    await users.row('Новое Имя').waitFor();
    expect(await admin.api<User>('GET', `users/${made.id}`)).toMatchObject({
      fullName: 'Новое Имя',
      version: made.version + 1,
    });
    await admin.page.reload();
    await users.row('Новое Имя').waitFor();
  });

  it('keeps the table in view, starts in the first field, asks before it throws changes away, and gives focus back', async () => {
    const admin = await app.person('admin');
    const users = new UsersPage(admin.page);
    await users.open();
    const link = users.row('Тимур Юрьев').getByRole('link');
    await link.focus();
    await admin.page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await users.field('Имя').evaluate((field) => field === document.activeElement)).toBe(true),
    );
    expect(await users.table.isVisible()).toBe(true);

    await users.field('Имя').fill('Кто-то другой');
    await admin.page.keyboard.press('Escape');
    await users.dialog.getByText('Изменения не сохранены').waitFor();
    // A second Escape takes the safe answer, and the browser's own back asks as well.
    await admin.page.keyboard.press('Escape');
    await users.dialog.getByText('Изменения не сохранены').waitFor({ state: 'detached' });
    await admin.page.goBack();
    await users.dialog.getByRole('button', { name: 'Не сохранять' }).click();
    await users.dialog.waitFor({ state: 'detached' });
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(new URL(admin.page.url()).pathname).toBe('/admin/users');
  });

  it('says beside the field what the server refuses, and keeps what was typed', async () => {
    const admin = await app.person('admin');
    await makeUser(admin, 'temp_taken', 'Занятый Логин');
    const users = new UsersPage(admin.page);
    await users.open();
    await users.row('Занятый Логин').getByRole('link').click();
    await users.field('Логин').fill('test_user');
    admin.guard.allow(/409/);
    await users.save();
    await users.dialog.getByText('Этот логин уже занят.').waitFor();
    expect(await users.field('Логин').inputValue()).toBe('test_user');
    // A name and an address that are both taken are told at once.
    await users.field('Почта').fill('owner@besedka.local');
    await users.save();
    await users.dialog.getByText(/Этот адрес почты уже занят/).waitFor();
    expect(await users.dialog.getByText('Этот логин уже занят.').isVisible()).toBe(true);
    await users.field('Имя').fill('');
    await users.save();
    await users.dialog.getByText('Заполните это поле').waitFor();
    expect(await users.field('Имя').evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('shows both versions to the second of two admins, who chooses field by field', async () => {
    const admin = await app.person('admin');
    const owner = await app.person('owner');
    const made = await makeUser(admin, 'temp_conflict', 'Общий Знакомый', { email: 'before@example.com' });
    const mine = new UsersPage(admin.page);
    const theirs = new UsersPage(owner.page);
    await Promise.all([mine.open(`/${made.id}`), theirs.open(`/${made.id}`)]);
    await theirs.field('Имя').fill('Имя от владельца');
    await theirs.field('Почта').fill('owner@example.com');
    await theirs.save();
    await theirs.dialog.waitFor({ state: 'detached' });

    await mine.field('Имя').fill('Имя от модератора');
    admin.guard.allow(/412/);
    await mine.save();
    await mine.dialog.getByText('Запись успели изменить').waitFor();
    const name = mine.dialog.getByRole('group', { name: /^Имя/ });
    expect(await name.innerText()).toContain('изменили оба');
    expect(await name.innerText()).toContain('Имя от модератора');
    expect(await name.innerText()).toContain('Имя от владельца');
    const mail = mine.dialog.getByRole('group', { name: /^Почта/ });
    expect(await mail.getByRole('radio', { name: /owner@example.com/ }).isChecked()).toBe(true);
    // What both changed is nobody's until the person says so.
    await mine.dialog.getByRole('button', { name: 'Сохранить выбранное' }).click();
    await mine.dialog.getByText('Осталось решить: 1 поле').waitFor();
    await name.getByRole('radio', { name: /Имя от модератора/ }).check();
    await mine.dialog.getByRole('button', { name: 'Сохранить выбранное' }).click();

    await mine.dialog.waitFor({ state: 'detached' });
    expect(await admin.api<User>('GET', `users/${made.id}`)).toMatchObject({
      fullName: 'Имя от модератора',
      email: 'owner@example.com',
      version: made.version + 2,
    });
  });

  it('an admin who loses reach over the open account sees why, and the account as it is now', async () => {
    const admin = await app.person('admin');
    const owner = await app.person('owner');
    const made = await makeUser(admin, 'temp_risen', 'Новый Модератор');
    const users = new UsersPage(admin.page);
    await users.open(`/${made.id}`);
    await users.field('Имя').fill('Другое Имя');
    await owner.api('PATCH', `users/${made.id}`, { roles: ['moderator'] }, { 'if-match': `"${made.version}"` });
    admin.guard.allow(/403/);
    await users.save();
    await users.dialog.getByText('Эта запись Вам не подчинена').waitFor();
    await users.dialog.getByText('Модератор', { exact: true }).waitFor();
    expect(await users.dialog.getByRole('button', { name: 'Сохранить' }).count()).toBe(0);
    // Later tests count the moderators.
    await owner.api('PATCH', `users/${made.id}`, { roles: ['user'] }, { 'if-match': `"${made.version + 1}"` });
  });

  it('offers no more than the role reaches', async () => {
    const admin = await app.person('admin');
    const users = new UsersPage(admin.page);
    await users.open();
    expect(await users.page.getByRole('button', { name: 'Действия: Ольга Владимирова' }).count()).toBe(0);
    expect(await users.actions('Антон Морозов')).toEqual(['Изменить']);
    expect(await users.actions('Тимур Юрьев')).toEqual(['Изменить', 'Сеансы', 'Отключить', 'Удалить']);
    await users.row('Ольга Владимирова').getByRole('link').click();
    await users.dialog.getByText('Эта запись Вам не подчинена').waitFor();
    expect(await users.dialog.getByRole('button', { name: 'Сохранить' }).count()).toBe(0);

    const nobody = await app.person('test_user');
    await nobody.page.goto('/admin/users');
    await nobody.page.getByRole('heading', { name: 'Сюда нет доступа' }).waitFor();
  });
});

describe('A new account', () => {
  it('is invited by a mailed link, and the person begins with a password of their own', async () => {
    const admin = await app.person('admin');
    const users = new UsersPage(admin.page);
    await users.open();
    await admin.page.getByRole('button', { name: 'Создать' }).click();
    await users.field('Имя').fill('Нина Приглашённая');
    await users.field('Логин').fill('temp_nina');
    await users.field('Почта').fill('nina@example.com');
    await users.dialog.getByRole('button', { name: 'Пригласить' }).click();
    await users.notice('Приглашение создано: Нина Приглашённая').waitFor();
    expect(await users.row('Нина Приглашённая').innerText()).toContain('Приглашён');

    const link = await linkFromMail(app.server, 'nina@example.com');
    const visitor = await app.browser.newContext({ baseURL: app.server.url, locale: 'ru-RU' });
    const guard = guardContext(visitor);
    const page = await visitor.newPage();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Добро пожаловать, Нина Приглашённая' }).waitFor();
    await page.getByLabel('Новый пароль').fill('каштановый-закат-42');
    await page.getByRole('button', { name: 'Начать' }).click();
    await page.waitForURL('**/chat**');
    guard.assertClean();
    await visitor.close();

    await admin.page.reload();
    await eventually(async () => expect(await users.row('Нина Приглашённая').innerText()).toContain('Активен'));
    const nina = await app.signIn('temp_nina', 'каштановый-закат-42');
    expect(nina.me.roles).toEqual(['user']);
  });

  it('works at once with a password, which the form can suggest', async () => {
    const admin = await app.person('admin');
    const users = new UsersPage(admin.page);
    await users.open();
    await admin.page.getByRole('button', { name: 'Создать' }).click();
    await users.field('Имя').fill('Олег Быстрый');
    await users.field('Логин').fill('temp_oleg');
    await users.dialog.getByText('Задать пароль').click();
    await users.dialog.getByRole('button', { name: 'Придумать' }).click();
    const password = await users.dialog.getByLabel('Пароль', { exact: true }).inputValue();
    await users.dialog.getByRole('button', { name: 'Создать' }).click();
    await users.dialog.waitFor({ state: 'detached' });
    expect((await app.signIn('temp_oleg', password)).me.fullName).toBe('Олег Быстрый');
  });
});

describe('Ending what somebody may do', () => {
  it('disabling names the person, tells what follows and closes the open window at once', async () => {
    const admin = await app.person('admin');
    const made = await makeUser(admin, 'temp_gone', 'Уходящий Человек');
    const gone = await app.signIn('temp_gone', PASSWORD);
    await gone.chats.open();

    const users = new UsersPage(admin.page);
    await users.open();
    await users.act('Уходящий Человек', 'Отключить');
    const question = admin.page.getByRole('alertdialog', { name: 'Отключить учётную запись «Уходящий Человек»?' });
    expect(await question.innerText()).toContain('сразу выйдет на всех устройствах');
    gone.guard.allow(/401/);
    await question.getByRole('button', { name: 'Отключить' }).click();

    await gone.page.waitForURL('**/login**');
    await gone.page.getByText('Учётная запись отключена').waitFor();
    await eventually(async () => expect(await users.row('Уходящий Человек').innerText()).toContain('Отключён'));
    expect(await admin.api<User>('GET', `users/${made.id}`)).toMatchObject({ status: 'disabled' });
    await users.act('Уходящий Человек', 'Включить');
    await users.notice('Учётная запись снова работает: Уходящий Человек').waitFor();
    await app.signIn('temp_gone', PASSWORD);
  });

  it('shows where somebody is signed in and ends it all', async () => {
    const admin = await app.person('admin');
    await makeUser(admin, 'temp_many', 'Многооконный Человек');
    const many = await app.signIn('temp_many', PASSWORD);
    await many.chats.open();
    const users = new UsersPage(admin.page);
    await users.open();
    await users.act('Многооконный Человек', 'Сеансы');
    await users.dialog.getByRole('listitem').first().waitFor();
    expect(await users.dialog.getByRole('listitem').count()).toBe(1);
    many.guard.allow(/401/);
    await users.dialog.getByRole('button', { name: 'Завершить все' }).click();
    await admin.page.getByRole('alertdialog').getByRole('button', { name: 'Завершить все' }).click();
    await users.dialog.getByText('Сейчас человек нигде не вошёл.').waitFor();
    await many.page.waitForURL('**/login**');
  });
});

describe('The list of users', () => {
  it('keeps search, filters and order in the address: reload, back and a shared link show the same', async () => {
    const admin = await app.person('admin');
    await makeUser(admin, 'temp_list_a', 'Яна Списочная');
    await makeUser(admin, 'temp_list_b', 'Арина Списочная');
    const users = new UsersPage(admin.page);
    await users.open();
    await users.search.fill('списочная');
    await eventually(async () => expect(await users.names()).toEqual(['Арина Списочная', 'Яна Списочная']));
    await users.table.getByRole('button', { name: 'Имя' }).click();
    await eventually(async () => expect(await users.names()).toEqual(['Яна Списочная', 'Арина Списочная']));
    expect(await users.table.getByRole('columnheader', { name: 'Имя' }).getAttribute('aria-sort')).toBe('descending');
    const { search } = new URL(admin.page.url());
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({ q: 'списочная', direction: 'desc' });
    await admin.page.reload();
    await eventually(async () => expect(await users.names()).toEqual(['Яна Списочная', 'Арина Списочная']));
    expect(await users.search.inputValue()).toBe('списочная');
    await admin.page.goBack();
    await eventually(async () => expect(await users.names()).toEqual(['Арина Списочная', 'Яна Списочная']));
    await admin.page.getByRole('combobox', { name: 'Роль' }).selectOption('Модератор');
    await admin.page.getByText('Никого не нашлось').waitFor();
    await users.search.fill('');
    await eventually(async () => expect(await users.names()).toEqual(['Антон Морозов']));
    await admin.page.goBack();
    await eventually(async () => expect(await users.names()).toEqual(['Арина Списочная', 'Яна Списочная']));
    await users.search.fill('никого-такого-нет');
    await admin.page.getByText('Никого не нашлось').waitFor();
    await admin.page.getByRole('button', { name: 'Сбросить' }).last().click();
    await users.row('Тимур Юрьев').waitFor();
  });

  it('goes on by itself towards the end, every person once', async () => {
    const admin = await app.person('admin');
    const made = Array.from({ length: 60 }, (_, i) => `Длинный Список ${String(i).padStart(2, '0')}`);
    await Promise.all(made.map((name, i) => makeUser(admin, `temp_long_${i}`, name)));
    const users = new UsersPage(admin.page);
    await users.open('?q=длинный список');
    await users.row('Длинный Список 00').waitFor();
    await admin.page.mouse.move(700, 500);
    await eventually(async () => {
      await admin.page.mouse.wheel(0, 4_000);
      expect(await users.names()).toEqual(made);
    });
    await admin.page.getByText('Это все: 60 человек').waitFor();
  });
});

/** Last in the file: afterwards the owner is another. */
describe('Handing the owner role over', () => {
  it('needs the own password, tells what follows, and leaves exactly one owner', async () => {
    const owner = await app.person('owner');
    const users = new UsersPage(owner.page);
    await users.open();
    await users.act('Антон Морозов', 'Передать роль владельца');
    expect(await users.dialog.innerText()).toContain('Владельцем станет Антон Морозов, а Вы станете модератором.');
    const hand = users.dialog.getByRole('button', { name: 'Передать роль' });
    await users.dialog.getByLabel('Ваш пароль').fill('совсем не тот');
    owner.guard.allow(/400/);
    await hand.click();
    await users.dialog.getByText('Текущий пароль введён неверно.').waitFor();
    await users.dialog.getByLabel('Ваш пароль').fill('owner123secure');
    await hand.click();
    await users.notice('Теперь владелец — Антон Морозов').waitFor();
    await eventually(async () => expect(await users.row('Антон Морозов').innerText()).toContain('Владелец'));
    // What was offered to the owner is offered no more.
    expect(await owner.page.getByRole('button', { name: 'Действия: Антон Морозов' }).count()).toBe(0);
    expect((await owner.api<Me>('GET', 'users/me')).roles).toEqual(['moderator']);
    expect((await app.person('admin')).me.roles).toEqual(['owner']);
  });
});
