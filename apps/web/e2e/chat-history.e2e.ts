import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import type { Person } from './support/person.js';

const app = useApp();

/** A group with so many messages that most of them are not loaded. */
async function longChat(one: Person, two: Person, count: number): Promise<string> {
  const chat = await one.group(`Долгая беседа ${count}`, two);
  for (let n = 1; n <= count; n += 1) await two.write(chat.id, `Сообщение номер ${n}.`);
  return chat.id;
}

describe('History', () => {
  it('opens at the first unread message, and the line of new ones stays until I leave', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const id = await longChat(one, two, 80);
    await one.api('POST', `chats/${id}/read`, { seq: 40 });
    await one.chats.open(id);
    await one.chats.newLine.waitFor();
    const line = (await one.chats.newLine.boundingBox())!;
    const first = (await one.chats.message('номер 41.').boundingBox())!;
    expect(first.y).toBeGreaterThan(line.y);
    const view = (await one.chats.scroller.boundingBox())!;
    expect(line.y).toBeGreaterThan(view.y);
    expect(line.y).toBeLessThan(view.y + view.height / 2);

    // Only what was on screen is read; the button tells the rest and leads down.
    await eventually(async () => expect(await one.chats.unread(id)).toBeLessThan(40));
    expect(await one.chats.unread(id)).toBeGreaterThan(0);
    await one.chats.jumpDown.click();
    await one.chats.message('номер 80.').waitFor();
    await eventually(async () => expect(await one.chats.unread(id)).toBe(0));
    expect(await one.chats.newLine.count()).toBe(1);

    const other = await one.direct(two);
    await one.write(other.id, 'Другой чат');
    await one.chats.row(other.id).click();
    await one.chats.message('Другой чат').waitFor();
    await one.chats.row(id).click();
    await one.chats.message('номер 80.').waitFor();
    expect(await one.chats.newLine.count()).toBe(0);
  });

  it('a quote leads to its source far above, marks it, and the way back is one click', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const id = await longChat(one, two, 150);
    await two.write(id, 'А помните начало?', 3);
    await one.api('POST', `chats/${id}/read`, { seq: 151 });
    await one.chats.open(id);
    const reply = one.chats.message('А помните начало?');
    await reply.waitFor();
    expect(await one.chats.message(/номер 3\.$/).count()).toBe(0);
    await reply.getByRole('button', { name: /Ответ на сообщение/ }).click();
    const source = one.chats.messages.and(one.page.locator('[data-seq="3"]'));
    // The mark fades after two seconds: it is waited for by itself.
    await source.and(one.page.locator('.marked')).waitFor();
    await eventually(async () => {
      const box = (await source.boundingBox())!;
      const view = (await one.chats.scroller.boundingBox())!;
      expect(box.y).toBeGreaterThan(view.y);
      expect(box.y + box.height).toBeLessThan(view.y + view.height);
    });
    await one.chats.jumpDown.click();
    await eventually(async () => expect(await reply.isVisible()).toBe(true));
  });

  it('older pages come in above without moving what I read, newer messages wait below', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const id = await longChat(one, two, 260);
    await one.api('POST', `chats/${id}/read`, { seq: 260 });
    await one.chats.open(id);
    await one.chats.message('номер 260.').waitFor();
    const { scroller } = one.chats;
    const first = one.chats.messages.and(one.page.locator('[data-seq="1"]'));

    // Upwards in steps: after each, the message in the middle of the view has gone down by the step and by nothing else.
    for (let step = 0; step < 25; step += 1) {
      const { seq, before, moved } = await scroller.evaluate((box) => {
        const view = box.getBoundingClientRect();
        const row = [...box.querySelectorAll<HTMLElement>('[data-seq]')].find(
          (element) => element.getBoundingClientRect().top > view.top + 20,
        )!;
        const top = row.getBoundingClientRect().top;
        const from = box.scrollTop;
        box.scrollTop -= 300;
        return { seq: row.dataset['seq']!, before: top, moved: from - box.scrollTop };
      });
      if (moved === 0) break;
      // Whatever the step loads arrives before the next question.
      await eventually(async () =>
        expect((await first.count()) > 0 || (await scroller.evaluate((box) => box.scrollTop)) >= 300).toBe(true),
      );
      const after = await scroller.evaluate(
        (box, wanted) => box.querySelector(`[data-seq="${wanted}"]`)?.getBoundingClientRect().top ?? null,
        seq,
      );
      expect(after).not.toBeNull();
      expect(Math.abs(after! - before - moved)).toBeLessThanOrEqual(2);
    }

    const place = (): Promise<{ seq: string; top: number }> =>
      scroller.evaluate((box) => {
        const view = box.getBoundingClientRect();
        const row = [...box.querySelectorAll<HTMLElement>('[data-seq]')].find(
          (element) => element.getBoundingClientRect().bottom > view.top + 1,
        )!;
        return { seq: row.dataset['seq']!, top: Math.round(row.getBoundingClientRect().top) };
      });
    const here = await place();
    await two.write(id, 'Новое, пока читают старое');
    await eventually(async () => expect(await one.chats.unread(id)).toBe(1));
    expect(await place()).toEqual(here);
    await one.chats.jumpDown.filter({ hasText: '1' }).click();
    await one.chats.message('Новое, пока читают старое').waitFor();
    await eventually(async () => expect(await one.chats.unread(id)).toBe(0));
    // However much has been loaded, only a window of it is drawn.
    expect(await one.chats.messages.count()).toBeLessThan(330);
  });

  it('a window in the background reads nothing', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const chat = await two.direct(one);
    await two.write(chat.id, 'Первое');
    await one.chats.open(chat.id);
    await eventually(async () => expect(await one.chats.unread(chat.id)).toBe(0));
    await one.page.evaluate(() => {
      Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    });
    await two.write(chat.id, 'Пришло, пока никто не смотрит');
    await one.chats.message('пока никто не смотрит').waitFor();
    await eventually(async () => expect(await one.chats.unread(chat.id)).toBe(1));
    await one.chats.newLine.waitFor();
    await one.page.evaluate(() => {
      Object.defineProperty(document, 'hasFocus', { value: () => true, configurable: true });
      window.dispatchEvent(new Event('focus'));
    });
    await eventually(async () => expect(await one.chats.unread(chat.id)).toBe(0));
  });
});
