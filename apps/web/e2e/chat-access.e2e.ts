import { expect } from '@jest/globals';
import type { User } from '@besedka/contracts';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

describe('Access to channels', () => {
  it('losing a role takes the channel away at once, in the open window too; what was half written can still be copied', async () => {
    const owner = await app.person('owner');
    const moderator = await app.person('admin');
    const channel = await moderator.channel('moderators');
    await owner.write(channel.id, 'Только для модераторов');
    await moderator.chats.open(channel.id);
    await moderator.chats.welcome.getByRole('button', { name: 'Начать общение' }).click();
    await moderator.chats.message('Только для модераторов').waitFor();
    await moderator.chats.composer.fill('Хотел сказать');
    moderator.guard.allow(/40[134]/);

    const user = await owner.api<User>('GET', `users/${moderator.id}`);
    const { username, fullName, email, locale } = user;
    const version = { 'if-match': `"${user.version}"` };
    await owner.api('PUT', `users/${moderator.id}`, { username, fullName, email, locale, roles: ['user'] }, version);

    await moderator.page.getByText('Доступ к этому каналу для Вас закрыт.').waitFor();
    expect(await moderator.page.getByText('Только для модераторов').count()).toBe(0);
    await eventually(async () => expect(await moderator.chats.row(channel.id).count()).toBe(0));
    expect(await moderator.page.getByLabel('Вы не успели отправить этот текст').inputValue()).toBe('Хотел сказать');
    // A reload brings nothing back.
    await moderator.page.reload();
    await moderator.page.getByText('Такого чата нет, или он Вам не открыт.').waitFor();
    expect(await moderator.page.getByText('Только для модераторов').count()).toBe(0);
  });

  it('being removed from a group closes it, being added opens it, without a reload', async () => {
    const owner = await app.person('owner');
    const user = await app.person('test_user');
    const other = await app.person('store_admin');
    const group = await owner.group('Закрытый круг', other);
    await user.chats.open();
    await owner.api('POST', `chats/${group.id}/members`, { userIds: [user.id] });
    await user.chats.row(group.id).click();
    await user.chats.composer.waitFor();
    // What the open window asks about the group at that moment is refused, as it should be.
    user.guard.allow(/404/);
    await owner.api('DELETE', `chats/${group.id}/members/${user.id}`);
    await user.page.getByText('Вас удалили из этого чата.').waitFor();
  });
});
