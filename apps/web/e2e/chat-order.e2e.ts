import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

/** The product's acceptance walk "Order", in two real browsers. */
describe('Order', () => {
  it('F25 a chat rises with the other’s words, never with my own, and does not sink by reading', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const third = await app.person('admin');
    const channels = [...(await one.myChats()), ...(await two.myChats())].map((chat) => chat.id);
    // Both have another conversation, newer than ours, so that "on top" means something.
    const ours = await one.direct(two);
    const othersOfOne = await third.direct(one);
    const othersOfTwo = await third.direct(two);
    await third.write(othersOfOne.id, 'Сначала другое');
    await third.write(othersOfTwo.id, 'Сначала другое');
    const listOf = (person: typeof one): Promise<string[]> => person.chats.conversations(channels);

    await two.chats.open();
    await eventually(async () => expect((await listOf(two))[0]).toBe(othersOfTwo.id));
    await one.chats.open();
    await one.chats.search.fill('test_user');
    await one.page.getByRole('link', { name: two.me.fullName }).click();
    await one.chats.send('Здравствуйте');

    // In window 2 the chat is on top with "1".
    await eventually(async () => {
      expect((await listOf(two))[0]).toBe(ours.id);
      expect(await two.chats.unread(ours.id)).toBe(1);
    });
    // My own words moved nothing in window 1.
    expect((await listOf(one))[0]).toBe(othersOfOne.id);

    // Window 1 looks elsewhere; user 2 opens the chat and answers.
    await one.chats.row(othersOfOne.id).click();
    await one.chats.composer.click();
    await two.chats.row(ours.id).click();
    await two.chats.message('Здравствуйте').waitFor();
    await eventually(async () => expect(await two.chats.unread(ours.id)).toBe(0));
    await two.chats.send('Добрый день');
    expect(await two.page.title()).toContain(`${one.me.fullName} · Беседка`);

    // In window 1 the chat is on top with "1", and the title says so.
    await eventually(async () => {
      expect((await listOf(one))[0]).toBe(ours.id);
      expect(await one.chats.unread(ours.id)).toBe(1);
      expect(await one.page.title()).toMatch(/^\(1\) /);
    });

    // Something newer stands above it; then user 1 opens it and writes again: it does not move.
    await third.write(othersOfOne.id, 'Ещё одно');
    await eventually(async () => expect(await listOf(one)).toEqual([othersOfOne.id, ours.id]));
    await one.chats.row(ours.id).click();
    await one.chats.message('Добрый день').waitFor();
    await eventually(async () => expect(await one.chats.unread(ours.id)).toBe(0));
    expect(await listOf(one)).toEqual([othersOfOne.id, ours.id]);
    await one.chats.send('И ещё раз');
    // The sentinel: what comes after the own message has been drawn, and the order is still the same.
    await two.chats.message('И ещё раз').waitFor();
    expect(await listOf(one)).toEqual([othersOfOne.id, ours.id]);

    // The order is the server's: it is the same after a reload and on another device.
    await one.page.reload();
    await one.chats.rows.first().waitFor();
    expect(await listOf(one)).toEqual([othersOfOne.id, ours.id]);
    const phone = await app.person('owner', { phone: true });
    await phone.chats.open();
    expect(await listOf(phone)).toEqual([othersOfOne.id, ours.id]);
  });

  it('an edit, a deletion, reading and a draft move nothing', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_admin');
    const three = await app.person('store_owner');
    const a = await two.direct(one);
    const b = await three.direct(one);
    const first = await two.write(a.id, 'Первое');
    const second = await two.write(a.id, 'Второе');
    await three.write(b.id, 'Третье');
    await one.chats.open();
    const ours = async (): Promise<string[]> => (await one.chats.order()).filter((id) => id === a.id || id === b.id);
    await eventually(async () => expect(await ours()).toEqual([b.id, a.id]));

    await two.api('PATCH', `chats/${a.id}/messages/${second.seq}`, { body: 'Второе, исправлено' });
    await one.chats.row(a.id).getByText('Второе, исправлено').waitFor();
    await two.api('DELETE', `chats/${a.id}/messages/${first.seq}`);
    await eventually(async () => expect(await one.chats.unread(a.id)).toBe(1));
    await one.chats.row(a.id).click();
    await one.chats.composer.fill('черновик');
    await eventually(async () => expect(await one.chats.unread(a.id)).toBe(0));
    expect(await ours()).toEqual([b.id, a.id]);
  });

  it('the list holds still under a pointer and catches up afterwards', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_admin');
    const three = await app.person('store_owner');
    const a = await two.direct(one);
    const b = await three.direct(one);
    await two.write(a.id, 'Раньше');
    await three.write(b.id, 'Позже');
    await one.chats.open();
    const ours = async (): Promise<string[]> => (await one.chats.order()).filter((id) => id === a.id || id === b.id);
    await eventually(async () => expect(await ours()).toEqual([b.id, a.id]));

    await one.chats.row(b.id).hover();
    await two.write(a.id, 'Под указателем ничего не движется');
    // The number changes in place, the row stays.
    await one.chats.row(a.id).getByText('Под указателем').waitFor();
    expect(await ours()).toEqual([b.id, a.id]);
    await one.page.mouse.move(1000, 400);
    await eventually(async () => expect(await ours()).toEqual([a.id, b.id]));

    // The same while focus is inside.
    await one.chats.row(a.id).focus();
    await three.write(b.id, 'И под фокусом');
    await one.chats.row(b.id).getByText('И под фокусом').waitFor();
    expect(await ours()).toEqual([a.id, b.id]);
    await one.chats.search.focus();
    await eventually(async () => expect(await ours()).toEqual([b.id, a.id]));
  });
});
