import { expect } from '@jest/globals';
import { useApp } from './support/app.js';
import { eventually } from './support/eventually.js';

const app = useApp();

describe('Welcome card', () => {
  it('greets once per channel and sitting, says what it must, and closes by its button', async () => {
    const user = await app.person('owner');
    const general = await user.channel('general');
    const vip = await user.channel('vip');
    await user.chats.open(general.id);
    const card = user.chats.welcome;
    await card.getByText('Общий чат').waitFor();
    expect(await card.innerText()).toContain('👥');
    expect(await card.getByText('Модерация активна!').count()).toBe(1);
    expect(await card.getByText(/За нарушение правил/).count()).toBe(1);
    expect(await card.getByRole('timer').innerText()).toMatch(/через \d+ секунд/);
    await card.getByRole('button', { name: 'Начать общение' }).click();
    await card.waitFor({ state: 'detached' });

    await user.chats.row(vip.id).click();
    await card.getByText('VIP Беседка').waitFor();
    // A click beside it closes it too.
    await user.page.mouse.click(700, 840);
    await card.waitFor({ state: 'detached' });
    await user.page.reload();
    await user.chats.composer.waitFor();
    expect(await card.count()).toBe(0);
  });

  it('counts ten seconds down and goes by itself', async () => {
    const user = await app.person('test_user');
    const general = await user.channel('general');
    await user.page.clock.install();
    await user.chats.open(general.id);
    const timer = user.chats.welcome.getByRole('timer');
    await timer.waitFor();
    // From here on the page's time is the test's alone.
    await user.page.clock.pauseAt(await user.page.evaluate(() => Date.now() + 100));
    const seconds = async (): Promise<number> => Number(/через (\d+) секунд/.exec(await timer.innerText())?.[1]);
    const before = await seconds();
    await user.page.clock.runFor(3_000);
    await eventually(async () => expect(await seconds()).toBe(before - 3));
    await user.page.clock.runFor(8_000);
    await user.chats.welcome.waitFor({ state: 'detached' });
  });

  it('never covers the composer on a phone', async () => {
    const user = await app.person('store_admin', { phone: true });
    const general = await user.channel('general');
    await user.chats.open(general.id);
    const card = (await user.chats.welcome.boundingBox())!;
    const composer = (await user.chats.composer.boundingBox())!;
    expect(card.y + card.height).toBeLessThanOrEqual(composer.y);
    expect(card.x).toBeGreaterThanOrEqual(0);
    expect(card.x + card.width).toBeLessThanOrEqual(360);
    await user.chats.composer.click();
    await user.chats.welcome.waitFor({ state: 'detached' });
  });
});
