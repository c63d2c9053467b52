import { expect } from '@jest/globals';
import { useApp } from './support/app.js';

const app = useApp();

describe('A new group', () => {
  it('counts the end of its name, keeps the list in place at the first choice, and its menu begins without a line', async () => {
    const one = await app.person('owner');
    const { page, chats } = one;
    await chats.open();
    await page.getByRole('button', { name: 'Новый чат' }).click();
    await page.getByRole('button', { name: 'Новая группа' }).click();
    const dialog = page.getByRole('dialog');
    const title = dialog.getByRole('textbox').first();
    await title.fill('Н'.repeat(70));
    await dialog.getByText('70 из 80 знаков').waitFor();
    // What is longer is cut by the browser: that is said.
    await title.fill('Н'.repeat(40));
    await title.pressSequentially('Н'.repeat(45));
    await dialog.getByText('Больше 80 знаков не поместится.').waitFor();
    expect((await title.inputValue()).length).toBe(80);

    const person = dialog.getByRole('button', { name: /Тимур Юрьев/ }).first();
    await person.click({ trial: true });
    const before = (await person.boundingBox())!;
    await person.click();
    await dialog.getByRole('list', { name: /Участники/ }).waitFor();
    const after = (await dialog.getByRole('button', { name: /Тимур Юрьев/, pressed: true }).boundingBox())!;
    expect(Math.abs(after.y - before.y)).toBeLessThanOrEqual(1);
    await dialog.getByRole('button', { name: 'Создать' }).click();
    await dialog.waitFor({ state: 'detached' });

    await page.locator('.conversation').getByRole('button', { name: 'Действия с чатом' }).click();
    const menu = page.getByRole('menu');
    await menu.waitFor();
    expect(await menu.evaluate((element) => element.firstElementChild?.tagName)).toBe('BUTTON');
  });
});
