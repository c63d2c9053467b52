import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from './support/eventually.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import type { Person } from './support/person.js';
import { useChatApp } from './support/rocketchat.js';

const app = useChatApp();
const HALF = 'наполовину написанное';

/** Room id of a built-in channel. */
function roomId(title: string): string {
  const room = [...app.rocketChat.state.rooms.values()].find(({ fname }) => fname === title);
  if (!room) throw new Error(`there is no room ${title}`);
  return room._id;
}

/** Another room for somebody who has only one channel: a conversation in which they were written to. */
function conversation(me: string, other: 'store_owner' | 'store_admin' | 'test_user'): { id: string; text: string } {
  const room = app.rocketChat.make.direct(me, other);
  const text = `пишет ${other}`;
  app.rocketChat.make.message(room, other, text);
  return { id: room._id, text };
}
const rowOf = (chat: RocketChatPage, id: string) => chat.list.locator(`[data-chat-id="${id}"]`);

async function open(person: Person, address = 'general'): Promise<RocketChatPage> {
  const chat = new RocketChatPage(person.page);
  await chat.open(address);
  if (await chat.welcome.isVisible()) await chat.welcome.getByRole('button', { name: 'Начать общение' }).click();
  return chat;
}

describe('The frame is left alone', () => {
  it('F01 half-typed text survives everything around it', async () => {
    const owner = await app.person('owner');
    const { page } = owner;
    const chat = await open(owner);
    await chat.frame.evaluate(() => Object.assign(window, { untouched: true }));
    const element = await chat.element.elementHandle();
    await chat.composer.pressSequentially(HALF);
    const still = async (what: string): Promise<void> => {
      expect([what, await chat.composer.inputValue()]).toEqual([what, HALF]);
      expect([what, await chat.frame.evaluate(() => 'untouched' in window)]).toEqual([what, true]);
      expect([what, await element?.evaluate((node) => node.isConnected)]).toEqual([what, true]);
    };

    // The list: new messages, new rooms, rooms that go.
    for (let n = 0; n < 5; n += 1) app.rocketChat.make.message(roomId('VIP Беседка'), 'besedka.bridge', `новость ${n}`);
    await eventually(async () => expect(await chat.unread('VIP Беседка')).toBeGreaterThanOrEqual(5));
    const direct = app.rocketChat.make.direct('owner', 'store_admin');
    app.rocketChat.make.message(direct, 'store_admin', 'здравствуйте');
    await eventually(async () => expect(await chat.rows.count()).toBe(4));
    await still('the list changes');

    await page.getByRole('button', { name: 'Диагностика чата' }).click();
    await chat.diagnostics.getByText('Всё работает').waitFor();
    await chat.diagnostics.getByRole('button', { name: 'Проверить соединение' }).click();
    await chat.diagnostics.getByRole('button', { name: 'Закрыть', exact: true }).click();
    await still('a panel is opened and closed');

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.classList.contains('dark'));
    await owner.api('PATCH', 'users/me', { locale: 'en' });
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    await owner.api('PATCH', 'users/me', { locale: 'ru' });
    await page.getByRole('heading', { name: 'Чаты', exact: true }).waitFor();
    await still('theme and language change');

    await page.getByRole('searchbox').fill('вип');
    await page.getByRole('searchbox').fill('модер');
    await eventually(async () => expect(await chat.titles()).toEqual(['Модераторы']));
    await page.getByRole('searchbox').fill('');
    await page.setViewportSize({ width: 1000, height: 700 });
    await page.setViewportSize({ width: 1440, height: 900 });
    await still('somebody searches, the window changes');

    // The portal goes away and comes back; Rocket.Chat in the frame does not care.
    owner.guard.allow(/ERR_CONNECTION_REFUSED|WebSocket|Failed to load resource/);
    await app.server.stop();
    await page.getByText('Сервер не отвечает. Пробуем снова…').waitFor();
    await still('the portal is away');
    await app.server.start();
    await page.getByText('Сервер не отвечает. Пробуем снова…').waitFor({ state: 'detached' });
    await still('the portal is back');

    await chat.row('VIP Беседка').click();
    await page.waitForURL('**/chat/vip');
    await page.goBack();
    await page.waitForURL('**/chat/general');
    await still('another room and back');
  }, 120_000);

  it('a phone shows one panel at a time, and the frame stays under the list', async () => {
    const user = await app.person('store_admin', { phone: true });
    const { page } = user;
    const chat = new RocketChatPage(page);
    await page.goto('/chat');
    await chat.row('Общий чат').waitFor();
    // The frame is ready before anybody asks for it, and does not take the phone away from its list.
    await page.locator('.stage[aria-busy="false"]').waitFor({ state: 'attached' });
    expect([new URL(page.url()).pathname, await chat.element.isVisible()]).toEqual(['/chat', false]);
    await chat.frame.evaluate(() => Object.assign(window, { untouched: true }));
    await chat.row('Общий чат').click();
    await chat.composer.waitFor();
    expect([new URL(page.url()).pathname, await chat.list.isVisible()]).toEqual(['/chat/general', false]);
    await chat.welcome.getByRole('button', { name: 'Начать общение' }).click();
    await chat.composer.fill(HALF);

    await page.getByRole('button', { name: 'Назад' }).click();
    await chat.row('Общий чат').waitFor();
    expect(new URL(page.url()).pathname).toBe('/chat');
    const { id, text } = conversation('store_admin', 'store_owner');
    await rowOf(chat, id).click();
    await chat.chat.getByText(text).waitFor();
    await page.goBack();
    await chat.row('Общий чат').waitFor();
    await chat.row('Общий чат').click();
    await chat.composer.waitFor();
    expect(await chat.composer.inputValue()).toBe(HALF);
    expect(await chat.frame.evaluate(() => 'untouched' in window)).toBe(true);
  });

  it('a room opened inside the frame is followed by list and address', async () => {
    const user = await app.person('store_owner');
    const chat = await open(user);
    const { id } = conversation('store_owner', 'test_user');
    await rowOf(chat, id).waitFor();
    // As a click on a link in a message would.
    await chat.frame.evaluate((path) => {
      history.pushState(null, '', path + location.search);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/direct/${id}`);
    await user.page.waitForURL(`**/chat/${id}`);
    await chat.list.locator(`[aria-current="page"][data-chat-id="${id}"]`).waitFor();
    expect(await chat.frame.evaluate(() => location.pathname)).toBe(`/direct/${id}`);
  });

  it('a room that does not open leaves the old one, and says so above it', async () => {
    const user = await app.person('test_user');
    const { page } = user;
    const chat = await open(user);
    const { id } = conversation('test_user', 'store_owner');
    await chat.composer.fill(HALF);
    // From now on nothing is said of rooms; the page that is there does not read the list of faults again.
    await chat.frame.evaluate(() => {
      const post = window.parent.postMessage.bind(window.parent);
      Object.defineProperty(window, 'parent', {
        value: {
          postMessage: (message: { eventName?: string }, origin: string) =>
            message.eventName === 'room-opened' ? undefined : post(message, origin),
        },
      });
    });
    const before = (await chat.composer.boundingBox())!;
    // It is there for some seconds only, which a busy machine may need for the click.
    const progress = page.getByRole('progressbar').waitFor();
    await Promise.all([rowOf(chat, id).click(), progress]);
    await chat.notice.getByText(/» не открылся: Rocket.Chat не ответил/).waitFor();
    expect(new URL(page.url()).pathname).toBe('/chat/general');
    const after = (await chat.composer.boundingBox())!;
    expect(Math.abs(after.y + after.height - before.y - before.height)).toBeLessThanOrEqual(1);
    await chat.notice.getByRole('button', { name: 'Остаться здесь' }).click();
    await chat.notice.waitFor({ state: 'detached' });
  });
});

describe('Speed', () => {
  // What the product promises for the double is 150 ms; it is told here and asserted nowhere, because machines differ.
  it('a switch from the click to the room, told', async () => {
    const user = await app.person('store_admin');
    const chat = await open(user);
    const { id } = conversation('store_admin', 'store_owner');
    await rowOf(chat, id).waitFor();
    await user.page.evaluate(() => {
      const took: number[] = [];
      let clicked = 0;
      document.addEventListener('click', () => (clicked = performance.now()), true);
      addEventListener('message', ({ data }: MessageEvent<{ eventName?: string }>) => {
        if (data.eventName === 'room-opened') took.push(performance.now() - clicked);
      });
      Object.assign(window, { took });
    });
    for (let n = 0; n < 15; n += 1) {
      await rowOf(chat, id).click();
      await user.page.waitForURL(`**/chat/${id}`);
      await chat.row('Общий чат').click();
      await user.page.waitForURL('**/chat/general');
    }
    const took = await user.page.evaluate(() => (window as unknown as { took: number[] }).took.sort((a, b) => a - b));
    expect(took).toHaveLength(30);
    // eslint-disable-next-line no-console -- told, not asserted
    console.log(
      `room-opened after ${took[15]?.toFixed(0)} ms (median of 30), ${took[28]?.toFixed(0)} ms at worst but one`,
    );
  });
});

describe('Strangers are not listened to', () => {
  let stranger: Server;
  let strangerUrl: string;
  beforeAll(async () => {
    stranger = createServer((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' });
      answer.end('<!doctype html><title>Stranger</title><iframe id="chat"></iframe>');
    });
    await new Promise<void>((listening) => stranger.listen(0, '127.0.0.1', listening));
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((closed) => stranger.close(closed)));

  const LIES = [
    { eventName: 'startup', data: true },
    { eventName: 'Custom_Script_Logged_In', data: true },
    { eventName: 'room-opened', data: { _id: 'lie' } },
    { eventName: 'Custom_Script_Logged_Out', data: true },
  ];
  /** What the view made of it, once a later message of the real frame has arrived. */
  async function afterTruth(chat: RocketChatPage, id: string): Promise<string> {
    await rowOf(chat, id).click();
    await chat.page.waitForURL(`**/chat/${id}`);
    await chat.row('Общий чат').click();
    await chat.page.waitForURL('**/chat/general');
    return chat.page.evaluate(() => String(document.querySelector('.stage')?.getAttribute('aria-busy')));
  }

  it('messages from our own window, another window, and another frame change nothing', async () => {
    const user = await app.person('store_admin');
    const { page } = user;
    const chat = await open(user);
    const { id } = conversation('store_admin', 'test_user');
    const addresses: string[] = [];
    page.on('framenavigated', (frame) => frame === page.mainFrame() && addresses.push(new URL(page.url()).pathname));
    await page.evaluate((lies) => lies.forEach((lie) => window.postMessage(lie, '*')), LIES);
    user.guard.allow(/frame-src|Refused to frame|violates the following Content Security Policy|Framing/);
    await page.evaluate((src) => {
      const frame = Object.assign(document.createElement('iframe'), { src, id: 'stranger' });
      document.body.append(frame);
    }, strangerUrl);
    // Our content policy does not even let it in.
    await eventually(() => expect(page.frames().some((frame) => frame.url().startsWith(strangerUrl))).toBe(false));
    await page.evaluate(() => document.getElementById('stranger')?.remove());
    expect(await afterTruth(chat, id)).toBe('false');
    expect(addresses.filter((path) => path.includes('lie'))).toEqual([]);
  });

  it('a page of another origin in the very frame is not believed', async () => {
    const owner = await app.person('owner');
    const { page } = owner;
    const chat = new RocketChatPage(page);
    owner.guard.allow(/sandboxed/);
    // As a proxy or a wrong site URL would lead it: the frame ends up elsewhere.
    await page.route(`${app.rocketChat.url}/home**`, (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<script>${JSON.stringify(LIES)}.forEach((lie) => parent.postMessage(lie, '*'))</script>`,
        headers: { 'content-security-policy': 'sandbox allow-scripts' },
      }),
    );
    await page.goto('/chat');
    await chat.failure.getByText('Страница чата не отвечает').waitFor();
    await chat.failure.getByText('Ответы приходят от').waitFor();
    expect(new URL(page.url()).pathname).toBe('/chat');
  });

  it('commands from a page of another origin are refused, and it may not frame what signs in', async () => {
    const user = await app.person('store_owner');
    const chat = await open(user);
    const { id } = conversation('store_owner', 'store_admin');
    const at = chat.frame.url();
    const foreign = await user.context.newPage();
    user.guard.allow(/frame-ancestors|X-Frame-Options|Refused to display|Framing/);
    await foreign.goto(strangerUrl);
    await embed(foreign, `${app.rocketChat.url}/channel/obshiy-chat?layout=embedded`);
    await foreign.frameLocator('#chat').getByRole('textbox', { name: 'Message' }).waitFor();
    const framed = foreign.frames().find((frame) => frame.url().startsWith(app.rocketChat.url));
    await foreign.evaluate((path) => {
      const window_ = document.querySelector('iframe')?.contentWindow;
      window_?.postMessage({ externalCommand: 'go', path }, '*');
      window_?.postMessage({ externalCommand: 'logout' }, '*');
    }, `/direct/${id}`);
    // The same page answers what the portal says: what the stranger said before has been handled by then.
    await rowOf(chat, id).click();
    await user.page.waitForURL(`**/chat/${id}`);
    expect(framed?.url()).toContain('/channel/obshiy-chat');
    await foreign.frameLocator('#chat').getByRole('textbox', { name: 'Message' }).waitFor();
    expect(at).toContain('/channel/');

    // Nor does the portal let itself be framed by it.
    await embed(foreign, `${app.server.url}/chat`);
    await eventually(() =>
      expect(
        foreign.frames().some((frame) => frame !== foreign.mainFrame() && frame.url().startsWith(app.server.url)),
      ).toBe(false),
    );
    await foreign.close();
  });
});

async function embed(page: Page, url: string): Promise<void> {
  await page.evaluate((src) => document.querySelector('iframe')?.setAttribute('src', src), url);
}

describe('Numbers', () => {
  it('rail, title and app icon follow Rocket.Chat, on every page, and equal its own total', async () => {
    const { page } = await app.person('owner');
    const chat = new RocketChatPage(page);
    await page.addInitScript(() => {
      const badge = { count: 0 };
      Object.assign(window, { badge });
      Object.assign(navigator, {
        setAppBadge: (count: number) => ((badge.count = count), Promise.resolve()),
        clearAppBadge: () => ((badge.count = 0), Promise.resolve()),
      });
    });
    const ownTotal = (): number => {
      const mine = [...app.rocketChat.state.subscriptions.values()].filter(({ u }) => u.username === 'owner');
      return mine.filter((one) => one.open && !one.archived).reduce((sum, one) => sum + one.unread, 0);
    };
    await page.goto('/profile');
    for (const room of ['Общий чат', 'Модераторы', 'Общий чат']) {
      app.rocketChat.make.message(roomId(room), 'besedka.bridge', `в ${room}`);
    }
    await eventually(async () => {
      expect(await chat.total()).toBe(ownTotal());
      expect(ownTotal()).toBeGreaterThanOrEqual(3);
    });
    await eventually(async () => expect(await page.title()).toMatch(new RegExp(`^\\(${ownTotal()}\\) `)));
    expect(await page.evaluate(() => (window as unknown as { badge: { count: number } }).badge.count)).toBe(ownTotal());

    // Reading in the frame is reading here.
    await page.goto('/chat/general');
    await chat.ready();
    await eventually(async () => expect([await chat.unread('Общий чат'), await chat.total()]).toEqual([0, ownTotal()]));
  });

  it('the list holds still under the pointer, and the room of somebody else’s message rises afterwards', async () => {
    const user = await app.person('test_user');
    const { page } = user;
    const { make } = app.rocketChat;
    const first = make.direct('test_user', 'owner');
    const second = make.direct('test_user', 'store_admin');
    make.message(second, 'store_admin', 'раз');
    make.message(first, 'owner', 'два');
    const chat = new RocketChatPage(page);
    await chat.open('general');
    const order = async (): Promise<string[]> =>
      (
        await chat.rows.evaluateAll((rows) =>
          rows
            .map((row) => ({ id: (row as HTMLElement).dataset['chatId'] ?? '', top: row.getBoundingClientRect().top }))
            .sort((a, b) => a.top - b.top)
            .map(({ id }) => id),
        )
      ).filter((id) => id === first._id || id === second._id);
    await eventually(async () => expect(await order()).toEqual([first._id, second._id]));
    const row = chat.list.locator(`[data-chat-id="${second._id}"]`);
    await row.hover();
    make.message(second, 'store_admin', 'три');
    await eventually(async () => expect(await row.innerText()).toMatch(/2 непрочитанн/));
    expect(await order()).toEqual([first._id, second._id]);
    await page.mouse.move(900, 300);
    await eventually(async () => expect(await order()).toEqual([second._id, first._id]));
  });
});
