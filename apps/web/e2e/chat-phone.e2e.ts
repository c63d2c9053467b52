import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

describe('On a phone of 360 px', () => {
  it('shows one panel at a time, and back leads from conversation to list', async () => {
    const one = await app.person('owner', { phone: true });
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    await two.write(chat.id, 'Привет с другого берега. https://example.org/' + 'длинная-'.repeat(20));
    await one.chats.open();
    await one.chats.row(chat.id).click();
    await one.chats.message('Привет').waitFor();
    expect(await one.chats.list.isVisible()).toBe(false);
    expect(await one.page.getByRole('navigation', { name: 'Основное' }).isVisible()).toBe(false);
    // Nothing is wider than the screen, and what is touched is big enough.
    expect(await one.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    for (const name of ['Назад', 'Отправить', 'Вставить эмодзи', 'Сведения о чате', 'Действия с чатом']) {
      const box = (await one.page.getByRole('button', { name, exact: true }).boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
    }

    await one.chats.composer.fill('Отвечаю');
    await one.chats.sendButton.click();
    await one.chats.message('Отвечаю').waitFor();
    await one.page.goBack();
    await one.chats.row(chat.id).waitFor();
    expect(await one.chats.composer.isVisible()).toBe(false);
    await one.chats.row(chat.id).click();
    await one.page.getByRole('button', { name: 'Назад' }).click();
    await one.chats.row(chat.id).waitFor();
    expect(new URL(one.page.url()).pathname).toBe('/chat');
  });

  it('the keyboard never covers the composer, and the last message stays in view', async () => {
    const one = await app.person('owner', { phone: true });
    const two = await app.person('test_user');
    const chat = await one.direct(two);
    for (let n = 1; n <= 30; n += 1) await two.write(chat.id, `Сообщение ${n}.`);
    await one.api('POST', `chats/${chat.id}/read`, { seq: 30 });
    // A browser whose keyboard covers the page: only the visual viewport shrinks.
    await one.page.addInitScript(() => {
      const viewport = window.visualViewport;
      if (!viewport) return;
      let covered = 0;
      const height = Object.getOwnPropertyDescriptor(VisualViewport.prototype, 'height')!.get!;
      Object.defineProperty(viewport, 'height', { get: () => (height.call(viewport) as number) - covered });
      Object.assign(window, {
        showKeyboard(pixels: number) {
          covered = pixels;
          viewport.dispatchEvent(new Event('resize'));
        },
      });
    });
    await one.chats.open(chat.id);
    await one.chats.message('Сообщение 30.').waitFor();
    const keyboard = (pixels: number): Promise<void> =>
      one.page.evaluate(
        (covered) => (window as unknown as { showKeyboard: (n: number) => void }).showKeyboard(covered),
        pixels,
      );

    await keyboard(300);
    await eventually(async () => {
      const composer = (await one.chats.composer.boundingBox())!;
      const last = (await one.chats.message('Сообщение 30.').boundingBox())!;
      expect(composer.y + composer.height).toBeLessThanOrEqual(440);
      expect(last.y + last.height).toBeLessThanOrEqual(composer.y);
    });
    // A text of many lines grows to at most 40 % of what is left.
    await one.chats.composer.fill(Array.from({ length: 40 }, (_, n) => `строка ${n}`).join('\n'));
    await eventually(async () => {
      const composer = (await one.chats.composer.boundingBox())!;
      expect(composer.height).toBeLessThanOrEqual(440 * 0.4 + 1);
      expect(composer.y + composer.height).toBeLessThanOrEqual(440);
    });
    await keyboard(0);
    await eventually(async () => {
      const composer = (await one.chats.composer.boundingBox())!;
      expect(composer.y + composer.height).toBeGreaterThan(600);
    });
  });

  it('a long press opens the actions of a message and of a chat', async () => {
    const one = await app.person('owner', { phone: true });
    const two = await app.person('store_owner');
    const chat = await two.direct(one);
    await two.write(chat.id, 'Нажмите подольше');
    await one.chats.open();
    const press = async (x: number, y: number): Promise<void> => {
      const session = await one.context.newCDPSession(one.page);
      await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
      await one.page.getByRole('menu').waitFor();
      await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
      await session.detach();
    };
    // Where it will stay: a trial waits for that.
    await one.chats.row(chat.id).tap({ trial: true });
    const row = (await one.chats.row(chat.id).boundingBox())!;
    await press(row.x + 120, row.y + 30);
    await one.page.getByRole('menuitem', { name: 'Отметить прочитанным' }).tap();
    await eventually(async () => expect(await one.chats.unread(chat.id)).toBe(0));
    // The press itself has opened nothing.
    expect(new URL(one.page.url()).pathname).toBe('/chat');

    await one.chats.row(chat.id).tap();
    await one.chats.message('Нажмите подольше').tap({ trial: true });
    const message = (await one.chats.message('Нажмите подольше').boundingBox())!;
    await press(message.x + 60, message.y + message.height / 2);
    await one.page.getByRole('menuitem', { name: 'Ответить' }).tap();
    await one.page.getByText(`Ответ: ${two.me.fullName}`).waitFor();
  });
});
