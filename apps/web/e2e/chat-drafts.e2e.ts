import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

describe('Drafts', () => {
  it('belong to their chat, survive reload and rename, and end with sending', async () => {
    const one = await app.person('owner');
    const two = await app.person('test_user');
    const group = await one.group('Старое название', two);
    const direct = await one.direct(two);
    await two.write(direct.id, 'Привет');
    await one.chats.open(group.id);
    await one.chats.composer.fill('Половина мысли');
    await one.chats.row(direct.id).click();
    await one.chats.message('Привет').waitFor();
    expect(await one.chats.composer.inputValue()).toBe('');
    await one.chats.row(group.id).getByText('Половина мысли').waitFor();
    await one.chats.row(group.id).getByText('Черновик').waitFor();

    await one.api('PATCH', `chats/${group.id}`, { title: 'Новое название' }, { 'if-match': `"${group.version}"` });
    await one.chats.row(group.id).getByText('Новое название').waitFor();
    await one.page.reload();
    await one.chats.row(group.id).click();
    await eventually(async () => expect(await one.chats.composer.inputValue()).toBe('Половина мысли'));

    await one.chats.composer.press('Enter');
    await one.chats.message('Половина мысли').waitFor();
    expect(await one.chats.composer.inputValue()).toBe('');
    await one.page.reload();
    await one.chats.message('Половина мысли').waitFor();
    expect(await one.chats.composer.inputValue()).toBe('');
  });

  it('a window that dies loses nothing that was written before', async () => {
    const one = await app.person('owner');
    const two = await app.person('store_admin');
    const chat = await one.direct(two);
    await one.chats.open(chat.id);
    await one.chats.composer.fill('Ещё не отправлено');
    await eventually(async () => {
      const stored = await one.page.evaluate(() => Object.values(localStorage).join());
      expect(stored).toContain('Ещё не отправлено');
    });
    // No farewell: the page gets no chance to save anything.
    await one.page.close({ runBeforeUnload: false });
    const page = await one.context.newPage();
    await page.goto(`/chat/${chat.id}`);
    await eventually(async () => {
      expect(await page.getByRole('textbox', { name: 'Сообщение' }).inputValue()).toBe('Ещё не отправлено');
    });
  });
});
