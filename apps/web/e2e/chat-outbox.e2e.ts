import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();
const NETWORK_NOISE =
  /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/;

describe('Outbox', () => {
  it('what is written without a network waits visibly and is sent once, in order', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    await one.write(chat.id, 'До обрыва');
    await one.chats.open(chat.id);
    await two.chats.open(chat.id);
    await one.chats.message('До обрыва').waitFor();

    one.guard.allow(NETWORK_NOISE);
    await one.context.setOffline(true);
    await one.chats.send('Первое без сети');
    await one.chats.send('Второе без сети');
    await one.chats
      .message('Второе без сети')
      .getByRole('img', { name: /ждёт отправки|отправляется/ })
      .waitFor();
    await eventually(async () =>
      expect(await one.chats.connection.innerText()).toContain('будет отправлено 2 сообщения'),
    );

    await one.context.setOffline(false);
    await two.chats.message('Второе без сети').waitFor();
    await one.chats
      .message('Второе без сети')
      .getByRole('img', { name: /прочитано|отправлено/ })
      .waitFor();
    await eventually(async () => expect(await one.chats.connection.innerText()).toBe(''));
    for (const person of [one, two]) {
      const texts = await person.chats.messages.allInnerTexts();
      expect(
        texts.filter((text) => text.includes('без сети')).map((text) => /(Первое|Второе)/.exec(text)?.[0]),
      ).toEqual(['Первое', 'Второе']);
    }
  });

  it('what was written while the server was away survives the window and arrives once', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_admin');
    const chat = await one.direct(two);
    await one.write(chat.id, 'Здравствуйте');
    await one.chats.open(chat.id);
    await one.chats.message('Здравствуйте').waitFor();
    one.guard.allow(NETWORK_NOISE);
    await app.server.stop();
    await one.chats.send('Написано, пока сервера не было');
    await one.chats.send('И вслед за ним');
    // The network is there: it is the server that is away, and the line says so.
    await eventually(async () => expect(await one.chats.connection.innerText()).toContain('Сервер не отвечает'));
    await one.page.close();

    await app.server.start();
    const page = await one.context.newPage();
    await page.goto(`/chat/${chat.id}`);
    await eventually(async () => {
      const { items } = await two.api<{ items: { body: string }[] }>('GET', `chats/${chat.id}/messages`);
      expect(items.map((message) => message.body)).toEqual([
        'Здравствуйте',
        'Написано, пока сервера не было',
        'И вслед за ним',
      ]);
    });
    await eventually(async () => {
      expect(await page.getByRole('log').getByRole('article').filter({ hasText: 'Написано, пока' }).count()).toBe(1);
      expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')))).toEqual([]);
    });
  });

  it('a refused message stays with its reason, can be repeated and thrown away, and blocks nobody', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_owner');
    const chat = await one.direct(two);
    const source = await two.write(chat.id, 'Этого сообщения скоро не будет');
    await one.chats.open(chat.id);
    await one.chats.act(one.chats.message('скоро не будет'), 'Ответить');
    await two.api('DELETE', `chats/${chat.id}/messages/${source.seq}`);
    await one.chats.message('Сообщение удалено').waitFor();
    await one.chats.composer.fill('Ответ в пустоту');
    await one.page.keyboard.press('Enter');
    const failed = one.chats.message('Ответ в пустоту');
    await failed.getByText('Не отправлено.').waitFor();
    await one.chats.send('А это дойдёт');
    await one.chats
      .message('А это дойдёт')
      .getByRole('img', { name: /отправлено|прочитано/ })
      .waitFor();

    await one.page.reload();
    await failed.getByText('Не отправлено.').waitFor();
    await failed.getByRole('button', { name: 'Удалить' }).click();
    await failed.waitFor({ state: 'detached' });
    await one.page.reload();
    await one.chats.message('А это дойдёт').waitFor();
    expect(await failed.count()).toBe(0);
  });
});
