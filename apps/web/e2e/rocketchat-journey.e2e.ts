import { expect } from '@jest/globals';
import { eventually } from './support/eventually.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import { useChatApp } from './support/rocketchat.js';

/** From signing in to the portal to talking in Rocket.Chat, as each release of it signs people in. */
describe.each(['oauth', 'iframe-token'] as const)('The chat view, signed in by %s', (mode) => {
  const app = useChatApp(mode);

  it('F03 F12 opens signed in, without a click, in one frame that is seen, in a channel that is mine', async () => {
    const owner = await app.person('owner');
    const { page } = owner;
    const chat = new RocketChatPage(page);
    const shown: string[] = [];
    page.on('framenavigated', (frame) => shown.push(new URL(frame.url()).pathname));
    await chat.open();

    expect(await chat.titles()).toEqual(['Общий чат', 'VIP Беседка', 'Модераторы']);
    expect(page.frames()).toHaveLength(2);
    const { x, y, width, height } = (await chat.element.boundingBox())!;
    const onTop = await page.evaluate(([left, top]) => document.elementFromPoint(left, top)?.tagName, [
      x + 20,
      y + height - 20,
    ] as const);
    expect([onTop, width > 900, height > 700]).toEqual(['IFRAME', true, true]);
    await chat.room('GENERAL').waitFor();
    expect(await chat.chat.getByRole('button', { name: 'Join' }).count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/chat/general');
    expect(await page.title()).toMatch(/Общий чат · Беседка$/);
    // Nothing of the portal was shown inside the frame on the way.
    expect(shown.filter((path) => path.startsWith('/login') || path.startsWith('/oauth'))).toEqual([]);
    expect(new Set(app.rocketChat.connected).size).toBe(1);

    // The next visit finds the session and begins no other.
    shown.length = 0;
    await page.reload();
    await chat.ready();
    expect(shown.filter((path) => path.includes('oauth'))).toEqual([]);
  });

  it('greets in every channel once, above the field to write in', async () => {
    const owner = await app.person('owner');
    const chat = new RocketChatPage(owner.page);
    await chat.open('vip');
    await chat.welcome.getByText('VIP Беседка').waitFor();
    const card = (await chat.welcome.boundingBox())!;
    const field = (await chat.composer.boundingBox())!;
    expect(card.y + card.height).toBeLessThanOrEqual(field.y);
    // Whoever begins to write is not greeted any longer.
    await chat.composer.click();
    await chat.welcome.waitFor({ state: 'detached' });
    await owner.page.reload();
    await chat.ready();
    await chat.row('Общий чат').click();
    await chat.welcome.getByText('Общий чат').waitFor();
    await chat.welcome.getByRole('button', { name: 'Начать общение' }).click();
    await chat.welcome.waitFor({ state: 'detached' });
    await chat.row('VIP Беседка').click();
    await owner.page.waitForURL('**/chat/vip');
    expect(await chat.welcome.count()).toBe(0);
  });

  it('F21 switching is a message: no navigation, no reload, no warning; address, title and back follow', async () => {
    const owner = await app.person('owner');
    const { page } = owner;
    const chat = new RocketChatPage(page);
    await chat.open('general');
    const warnings: string[] = [];
    page.on('dialog', (dialog) => {
      warnings.push(dialog.type());
      void dialog.accept();
    });
    const loads: string[] = [];
    page.on('request', (request) => request.isNavigationRequest() && loads.push(request.url()));
    await chat.frame.evaluate(() => Object.assign(window, { untouched: true }));
    await chat.write(`Пишу в общий ${mode}`);
    const { id: vip } = await roomOf(app, 'VIP Беседка');
    const { id: moderators } = await roomOf(app, 'Модераторы');

    await chat.row('VIP Беседка').click();
    await page.waitForURL('**/chat/vip');
    await chat.room(vip).waitFor();
    await chat.row('Модераторы').click();
    await page.waitForURL('**/chat/moderators');
    await chat.room(moderators).waitFor();
    expect(await page.title()).toContain('Модераторы');
    await chat.composer.fill('ещё не отправлено');

    await page.goBack();
    await page.waitForURL('**/chat/vip');
    await chat.room(vip).waitFor();
    await page.goBack();
    await page.waitForURL('**/chat/general');
    await chat.room('GENERAL').waitFor();
    await page.goForward();
    await page.waitForURL('**/chat/vip');
    await chat.row('Модераторы').click();
    await page.waitForURL('**/chat/moderators');
    expect(await chat.composer.inputValue()).toBe('ещё не отправлено');

    expect(await chat.frame.evaluate(() => 'untouched' in window)).toBe(true);
    expect([loads, warnings]).toEqual([[], []]);
  });

  it('a link leads to its room, by the name of the channel and by id; one that is not mine is said so', async () => {
    const user = await app.person('test_user');
    const chat = new RocketChatPage(user.page);
    const { page } = user;
    const direct = app.rocketChat.make.direct('test_user', 'store_owner');
    app.rocketChat.make.message(direct, 'store_owner', 'Добрый день');
    await eventually(async () => {
      const rooms = await user.api<{ items: { id: string }[] }>('GET', 'rocketchat/rooms');
      expect(rooms.items.map(({ id }) => id)).toContain(direct._id);
    });
    await chat.open(direct._id);
    await chat.room(direct._id).waitFor();
    await chat.chat.getByText('Добрый день').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/chat/${direct._id}`);
    await page.goto('/chat/vip');
    await page.getByText('Такого чата у Вас нет').waitFor();
    expect(await chat.titles()).not.toContain('VIP Беседка');
    await page.getByRole('button', { name: 'К моим чатам' }).click();
    await chat.ready();
    expect(new URL(page.url()).pathname).toBe('/chat/general');
  });

  it('F26 no sign-in button inside the portal, and one where Rocket.Chat is opened directly', async () => {
    const user = await app.person('store_owner');
    const { page } = user;
    const chat = new RocketChatPage(page);
    // The portal's answer is held back, so that what lies beneath would be seen if anything could.
    let answer: () => void = () => undefined;
    const held = new Promise<void>((done) => (answer = done));
    await page.route(mode === 'oauth' ? '**/o/authorize/**' : '**/chat/api/auth/', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto('/chat');
    await page.getByText('Входим в чат…').waitFor();
    const box = (await chat.element.boundingBox())!;
    const seen = await page.evaluate(({ x, y, width, height }) => {
      const spots = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((a) => [0.1, 0.3, 0.5, 0.7, 0.9].map((b) => [a, b] as const));
      return spots.filter(([a, b]) => document.elementFromPoint(x + a * width, y + b * height)?.tagName === 'IFRAME')
        .length;
    }, box);
    expect([seen, await chat.element.getAttribute('inert')]).toEqual([0, '']);
    answer();
    await chat.ready();
    expect(await chat.chat.getByRole('button', { name: 'Беседка' }).count()).toBe(0);
    const visitor = await app.browser.newContext();
    try {
      const direct = await visitor.newPage();
      await direct.goto(`${app.rocketChat.url}/home`);
      if (mode === 'oauth') await direct.getByRole('button', { name: 'Беседка' }).waitFor();
      // With iframe authentication it shows the portal's own sign-in page in place of its form.
      else await direct.frameLocator('iframe').getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    } finally {
      await visitor.close();
    }
  });
});

describe('Somebody whose name is reserved there', () => {
  const app = useChatApp();

  it('F29 is signed in to their own account, which has another name', async () => {
    const admin = await app.person('admin');
    const chat = new RocketChatPage(admin.page);
    await chat.open('moderators');
    const named = (): unknown[] =>
      app.rocketChat.connected.flatMap((id) =>
        id === undefined ? [] : [app.rocketChat.state.users.get(id)?.username],
      );
    await eventually(() => expect(named()).toEqual(['admin_2']));
    expect([...app.rocketChat.state.users.values()].filter(({ name }) => name === admin.me.fullName)).toHaveLength(1);
  });
});

async function roomOf(app: ReturnType<typeof useChatApp>, title: string): Promise<{ id: string }> {
  const room = [...app.rocketChat.state.rooms.values()].find(({ fname }) => fname === title);
  if (!room) throw new Error(`there is no room ${title}`);
  return { id: room._id };
}
