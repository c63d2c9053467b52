import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

describe('Messages', () => {
  it('an own message is edited with the arrow key, keeps its history, and is deleted with a tombstone', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    await one.chats.open(chat.id);
    await one.chats.send('Встречаемся в десят');
    await two.chats.open(chat.id);
    await one.page.keyboard.press('ArrowUp');
    await one.page.getByText('Изменение сообщения').waitFor();
    expect(await one.chats.composer.inputValue()).toBe('Встречаемся в десят');
    await one.page.keyboard.type('ь');
    await one.page.keyboard.press('Enter');
    await two.chats
      .message('Встречаемся в десять')
      .getByRole('button', { name: /Изменено/ })
      .click();
    const dialog = two.page.getByRole('dialog', { name: 'История изменений' });
    await dialog.getByText('Встречаемся в десят', { exact: true }).waitFor();
    await two.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await one.chats.act(one.chats.message('Встречаемся в десять'), 'Удалить');
    await one.page.getByRole('button', { name: 'Удалить сообщение' }).click();
    await one.chats.message('Сообщение удалено').waitFor();
    await two.chats.message('Сообщение удалено').waitFor();
    expect(await two.chats.message('Встречаемся').count()).toBe(0);
  });

  it('nothing that people write is interpreted; links are safe, code and line breaks stay', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    const evil = '<img src=x onerror="document.title=1"><b>жирно?</b> javascript:alert(1)';
    await two.write(chat.id, evil);
    await two.write(chat.id, 'см. https://example.org/путь?a=1 и anna@example.org');
    await two.write(chat.id, 'вот `code <b>` и\n```ts\nconst a = 1 < 2;\n```');
    await two.write(chat.id, '😀');
    await one.chats.open(chat.id);
    const row = one.chats.message('жирно?');
    expect(await row.locator('.body').innerText()).toBe(evil);
    expect(await row.locator('.body').locator('img, b, a').count()).toBe(0);
    const link = one.chats.message('см. ').getByRole('link', { name: /example\.org\/путь/ });
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await link.getAttribute('href')).toMatch(/^https:\/\/example\.org\//);
    expect(await one.chats.message('см. ').getByRole('link', { name: 'anna@example.org' }).getAttribute('href')).toBe(
      'mailto:anna@example.org',
    );
    expect(await one.chats.message('вот').locator('pre').innerText()).toBe('const a = 1 < 2;');
    expect(await one.chats.message('вот').locator('code').first().innerText()).toBe('code <b>');
    const size = await one.chats
      .message('😀')
      .locator('.body')
      .evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
    expect(size).toBeGreaterThan(30);
  });

  it('a message is forwarded to several chats at once', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    const first = await one.group('Первая цель', two);
    const second = await one.group('Вторая цель', two);
    await two.write(chat.id, 'Передайте всем');
    await one.chats.open(chat.id);
    await one.chats.act(one.chats.message('Передайте всем'), 'Переслать');
    const dialog = one.page.getByRole('dialog', { name: 'Переслать сообщение' });
    await dialog.getByText('Первая цель').click();
    await dialog.getByText('Вторая цель').click();
    await dialog.getByRole('button', { name: 'Переслать в 2 чата' }).click();
    await dialog.waitFor({ state: 'detached' });
    for (const target of [first, second]) {
      await one.chats.row(target.id).click();
      await one.chats.message('Передайте всем').getByText(`Переслано от ${two.me.fullName}`).waitFor();
    }
  });

  it('the counter speaks up near the limit, and a text that is too long stays where it is', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    await one.chats.open(chat.id);
    await one.chats.composer.fill('я'.repeat(3790));
    expect(await one.page.locator('#composer-counter').innerText()).toBe('');
    await one.chats.composer.fill('я'.repeat(3979));
    await one.page.getByText('остался 21 знак').waitFor();
    await one.chats.composer.fill('я'.repeat(4002));
    await one.page.getByText('на 2 знака длиннее, чем можно').waitFor();
    expect(await one.chats.sendButton.isDisabled()).toBe(true);
    await one.page.keyboard.press('Enter');
    expect((await one.chats.composer.inputValue()).length).toBe(4002);
    await one.chats.composer.fill('я'.repeat(4000));
    await one.page.keyboard.press('Enter');
    await one.chats.message('я'.repeat(4000)).waitFor();
  });

  it('typing is told and ends by itself; presence and read marks follow', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_admin');
    const chat = await one.direct(two);
    await one.chats.open(chat.id);
    await one.chats.send('Вы здесь?');
    await one.chats.message('Вы здесь?').getByRole('img', { name: 'отправлено' }).waitFor();
    await two.chats.open(chat.id);
    await one.chats.message('Вы здесь?').getByRole('img', { name: 'прочитано' }).waitFor();
    const header = one.page.locator('.conversation header');
    await header.getByText('в сети', { exact: true }).waitFor();
    await two.chats.composer.pressSequentially('Да');
    await header.getByText('печатает…').waitFor();
    await two.chats.composer.fill('');
    await header.getByText('в сети', { exact: true }).waitFor();
    await two.close();
    await eventually(async () => expect(await header.innerText()).toMatch(/был\(а\)|не в сети/), 30_000);
  });

  it('everything of the chat works by keyboard', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    await two.write(chat.id, 'Ответьте с клавиатуры');
    await one.chats.open();
    await one.page.keyboard.press('Control+k');
    await one.page.keyboard.type(two.me.username);
    await one.chats.list.getByText(two.me.fullName).waitFor();
    await one.page.keyboard.press('Enter');
    await one.chats.message('Ответьте с клавиатуры').waitFor();
    await eventually(async () =>
      expect(await one.chats.composer.evaluate((field) => field === document.activeElement)).toBe(true),
    );
    await one.page.keyboard.press('Shift+Tab');
    await eventually(async () => {
      const role = await one.page.evaluate(
        () => document.activeElement?.getAttribute('role') ?? document.activeElement?.tagName,
      );
      if (role !== 'article') await one.page.keyboard.press('Shift+Tab');
      expect(role).toBe('article');
    });
    await one.page.keyboard.press('Enter');
    await one.page.getByRole('menuitem', { name: 'Ответить' }).press('Enter');
    await one.page.getByText(`Ответ: ${two.me.fullName}`).waitFor();
    await one.page.keyboard.type('Готово');
    await one.page.keyboard.press('Shift+Enter');
    await one.page.keyboard.type('вторая строка');
    await one.page.keyboard.press('Enter');
    const sent = one.chats.message('вторая строка');
    await sent.getByRole('button', { name: /Ответ на сообщение/ }).waitFor();
    expect(await sent.locator('.body').innerText()).toBe('Готово\nвторая строка');
  });
});
