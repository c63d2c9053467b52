import { useApp } from './support/app.js';
import { assertAccessible } from './support/axe.js';
import { switchTheme } from './support/looks.js';

const app = useApp();

/** Every state of the chat view that people look at, in both themes, without a single accessibility violation. */
describe('The chat view is open to everybody', () => {
  it.each(['desk', 'phone'] as const)('%s', async (device) => {
    const one = await app.person('owner', { phone: device === 'phone' });
    const two = await app.person('test_user');
    const group = await one.group(`Группа ${device}`, two);
    const first = await two.write(group.id, 'Смотрите: https://example.org и `код`');
    await two.write(group.id, 'Ответ самому себе', first.seq);
    const gone = await two.write(group.id, 'лишнее');
    await two.api('DELETE', `chats/${group.id}/messages/${gone.seq}`);
    const mine = await one.write(group.id, 'Моё');
    await one.api('PATCH', `chats/${group.id}/messages/${mine.seq}`, { body: 'Моё, исправлено' });
    const { page, chats } = one;
    const inBothThemes = async (what: string): Promise<void> => {
      await assertAccessible(page, what);
      await switchTheme(page);
      await assertAccessible(page, `${what}, in the other theme`);
    };

    await chats.open();
    await inBothThemes('the list');
    await chats.row(group.id).click();
    await chats.message('Моё, исправлено').waitFor();
    await chats.composer.fill('пишу');
    await inBothThemes('a conversation');
    await page.getByRole('button', { name: 'Сведения о чате' }).click();
    await page.getByRole('complementary', { name: 'Сведения' }).getByText(two.me.fullName).waitFor();
    await inBothThemes('the details');
    await page.getByRole('button', { name: 'Закрыть сведения' }).last().click();
    await page.getByRole('button', { name: 'Вставить эмодзи' }).click();
    await page.getByRole('dialog', { name: 'Эмодзи' }).waitFor();
    await inBothThemes('the emoji picker');
    await page.keyboard.press('Escape');
    if (device === 'desk') {
      await chats.message('Смотрите').first().hover();
      await page.getByRole('button', { name: 'Действия с сообщением' }).click();
      await page.getByRole('menu').waitFor();
      await inBothThemes('the menu of a message');
      await page.keyboard.press('Escape');
    } else await page.goto('/chat');
    await page.getByRole('button', { name: 'Новый чат' }).click();
    await page.getByRole('button', { name: 'Новая группа' }).click();
    await page.getByRole('dialog').getByText(two.me.fullName).waitFor();
    await inBothThemes('a new group');
    await page.keyboard.press('Escape');
    // It goes by itself, so each theme has one of its own.
    for (const channel of ['general', 'vip']) {
      await page.goto(`/chat/${(await one.channel(channel)).id}`);
      await chats.welcome.waitFor();
      await assertAccessible(page, `the welcome card of ${channel}`);
      await switchTheme(page);
    }
  });
});
