import { afterEach, expect } from '@jest/globals';
import type { SettingValue } from '@besedka/rocketchat/testing';
import { eventually } from './support/eventually.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import type { LocalAccount, Person } from './support/person.js';
import { useChatApp } from './support/rocketchat.js';
import { textsOf } from './support/texts.js';

const app = useChatApp();
const t = textsOf('ru');
const cause = (name: string): string => t(`rocketchat.cause.${name}.title`);
const undo: (() => Promise<void> | void)[] = [];
async function mend(): Promise<void> {
  for (const one of undo.splice(0).reverse()) await one();
}
afterEach(mend);

/** Another value for a while. */
function set(id: string, value: SettingValue): void {
  const before = app.rocketChat.setting(id) as SettingValue;
  app.rocketChat.set(id, value);
  app.rocketChat.settle();
  undo.push(() => {
    app.rocketChat.set(id, before);
    app.rocketChat.settle();
  });
}
function fault(...ordered: Parameters<typeof app.rocketChat.faults.order>): void {
  undo.push(app.rocketChat.faults.order(...ordered));
}

/** The portal gives a person codes for three sign-ins in half a minute: whoever is next in line sits down. */
const LINE: readonly LocalAccount[] = ['owner', 'store_owner', 'store_admin', 'test_user'];
let turn = 0;
async function somebody(): Promise<Person> {
  const person = await app.person(LINE[turn++ % LINE.length]!);
  // Browsers write a line for everything that is refused on purpose here.
  person.guard.allow(
    /Failed to load resource|WebSocket|Refused to (?:display|frame)|violates|X-Frame-Options|Framing|ERR_/,
  );
  return person;
}

const accountOf = (fullName: string): string | undefined =>
  [...app.rocketChat.state.users.values()].find(({ name }) => name === fullName)?._id;

/** Signs an account out of Rocket.Chat everywhere, as an admin there can (contract 8). */
async function endSessions(fullName: string): Promise<void> {
  const { userId, authToken } = app.rocketChat.make.session('besedka.bridge');
  const answer = await fetch(`${app.rocketChat.url}/api/v1/users.logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user-id': userId, 'x-auth-token': authToken },
    body: JSON.stringify({ userId: accountOf(fullName) }),
  });
  if (!answer.ok) throw new Error(`users.logout: ${answer.status} ${await answer.text()}`);
}

const seconds: string[] = [];
async function namedIn(what: string, chat: RocketChatPage, title: string): Promise<void> {
  const begun = Date.now();
  await chat.failure.getByRole('heading', { name: title }).waitFor();
  seconds.push(`${what}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
// eslint-disable-next-line no-console -- how long a name took is told, not asserted: machines differ
afterAll(() => console.log(`Causes were named after\n  ${seconds.join('\n  ')}`));

/** The end of these is seen from outside the frame: nobody has to press anything. Here one of each kind. */
const NOTICED = new Set([
  'Rocket.Chat is away',
  'its header forbids the frame (F09)',
  'the provider is switched off',
  'a proxy refuses the WebSocket',
]);

describe('Diagnostics name the first cause, over the frame that does not work', () => {
  it.each<[string, string, (person: Person) => Promise<void> | void]>([
    [
      'Rocket.Chat is away',
      'unreachable',
      async () => {
        await app.rocketChat.stop();
        undo.push(() => app.rocketChat.start());
      },
    ],
    ['its header forbids the frame (F09)', 'frame_forbidden_by_header', () => set('Iframe_Restrict_Access', true)],
    [
      'a proxy’s header forbids it',
      'frame_forbidden_by_header',
      () => fault({ name: 'x-frame-options', value: 'DENY' }),
    ],
    [
      'a proxy’s policy forbids it',
      'frame_forbidden_by_policy',
      () => fault({ name: 'content-security-policy', value: "frame-ancestors 'none'" }),
    ],
    ['it takes no commands', 'commands_off', () => set('Iframe_Integration_receive_enable', false)],
    [
      'it takes commands from elsewhere',
      'commands_wrong_origin',
      () => set('Iframe_Integration_receive_origin', 'https://elsewhere.example.org'),
    ],
    ['it tells nothing', 'events_off', () => set('Iframe_Integration_send_enable', false)],
    [
      'it tells somebody else',
      'events_wrong_origin',
      () => set('Iframe_Integration_send_target_origin', 'https://elsewhere.example.org'),
    ],
    ['the provider is switched off', 'provider_disabled', () => set('Accounts_OAuth_Custom-Besedka', false)],
    ['the frame says nothing', 'frame_silent', () => fault({ name: 'frame-silent' })],
    ['no room ever opens', 'room_not_opened', () => fault({ name: 'room-never-opens' })],
    ['its storage is blocked', 'storage_blocked', () => fault({ name: 'storage-blocked' })],
    ['it does not let the person in', 'sign_in_failed', () => fault({ name: 'wrong-client-secret' })],
    [
      'only the browser cannot reach it',
      'browser_cannot_reach',
      async (person) => {
        await person.page.route(`${app.rocketChat.url}/**`, (route) => route.abort('connectionrefused'));
      },
    ],
    ['a proxy refuses the WebSocket', 'browser_cannot_reach_socket', () => fault({ name: 'websocket-refused' })],
  ])('%s: %s', async (what, name, order) => {
    const person = await somebody();
    await order(person);
    const chat = new RocketChatPage(person.page);
    await person.page.goto('/chat');
    await namedIn(what, chat, cause(name));
    // Words in place of the frame, and nothing behind them that takes clicks.
    expect(await chat.element.evaluateAll((frames) => frames.every((frame) => frame.hasAttribute('inert')))).toBe(true);
    expect(await chat.failure.getByRole('button', { name: t('rocketchat.action.reload') }).count()).toBe(1);
    if (!NOTICED.has(what)) return;
    await mend();
    await chat.ready();
    expect(await chat.failure.count()).toBe(0);
  });

  it('a sign-in that goes round in circles is cut', async () => {
    // Who has not signed in before: this alone takes all the codes that the portal gives in half a minute.
    const person = await app.person('admin');
    person.guard.allow(/Failed to load resource/);
    const chat = new RocketChatPage(person.page);
    let signIns = 0;
    person.page.on('request', (request) => {
      if (request.url().startsWith(`${app.rocketChat.url}/_oauth/`)) signIns += 1;
    });
    await chat.open();
    // Once to have a former person's drafts thrown away, and once to stay.
    expect(signIns).toBe(2);
    for (let n = 3; n < 6; n += 1) {
      // Something over there ends the session as soon as it has begun.
      await endSessions(person.me.fullName);
      if (n < 5) {
        await eventually(() => expect(signIns).toBe(n));
        await eventually(() => expect(app.rocketChat.connected).toContain(accountOf(person.me.fullName)));
        await chat.ready();
      }
    }
    await namedIn('a loop', chat, cause('sign_in_loop'));
    expect(signIns).toBe(4);
  });

  it('a page of the portal in the frame is covered and named, and signing in again brings the chat', async () => {
    const person = await somebody();
    const chat = new RocketChatPage(person.page);
    await chat.open();
    // What authorize answers to a question that it cannot send anywhere.
    await chat.frame.evaluate((portal) => location.assign(`${portal}/o/authorize/`), app.server.url);
    await namedIn('the portal’s own page', chat, cause('sign_in_failed'));
    await chat.failure.getByRole('button', { name: t('rocketchat.remedy.signIn') }).click();
    await chat.ready();
  });

  it('answers that take a second each are waited for', async () => {
    fault({ name: 'latency', ms: 1_000 });
    const person = await somebody();
    let authorized = 0;
    person.page.on('request', (request) => (authorized += Number(request.url().includes('/o/authorize/'))));
    await person.page.goto('/chat');
    await person.page.locator('.stage[aria-busy="false"]').waitFor({ timeout: 60_000 });
    await mend();
    await new RocketChatPage(person.page).ready();
    // Nothing is begun a second time because it is slow: the portal would call that a loop.
    expect(authorized).toBeLessThanOrEqual(3);
  });

  it('is over as soon as the cause is gone: reloading brings the chat', async () => {
    const person = await somebody();
    const chat = new RocketChatPage(person.page);
    const end = app.rocketChat.faults.order({ name: 'frame-silent' });
    await person.page.goto('/chat');
    await namedIn('the frame says nothing', chat, cause('frame_silent'));
    end();
    await chat.failure.getByRole('button', { name: 'Перезагрузить' }).click();
    await chat.ready();
    expect(await chat.failure.count()).toBe(0);
  });
});

describe('What mends it', () => {
  it('who may set Rocket.Chat up is led there, everybody else is told whom to ask', async () => {
    set('Iframe_Integration_send_enable', false);
    const owner = await app.person('owner');
    const ofOwner = new RocketChatPage(owner.page);
    await owner.page.goto('/chat');
    await namedIn('it tells nothing', ofOwner, cause('events_off'));
    expect(await ofOwner.failure.getByRole('link', { name: 'Настроить' }).getAttribute('href')).toBe(
      '/admin/integration',
    );
    const user = await app.person('test_user');
    const ofUser = new RocketChatPage(user.page);
    await user.page.goto('/chat');
    await namedIn('it tells nothing', ofUser, cause('events_off'));
    expect(await ofUser.failure.getByRole('link').count()).toBe(0);
    await ofUser.failure.getByText('Исправить это может только администратор').waitFor();
  });

  it('the page /chat/test/ shows the steps and the frame, also without a frame that works', async () => {
    const person = await somebody();
    const { page } = person;
    await page.goto('/chat/test/');
    await page.getByRole('heading', { name: 'Диагностика чата', level: 1 }).waitFor();
    await page.getByRole('heading', { name: 'Всё работает' }).waitFor();
    for (const step of ['server', 'site', 'reach', 'socket', 'storage', 'frame', 'signIn', 'room']) {
      await page.getByText(t(`rocketchat.step.${step}.fine`), { exact: true }).waitFor();
    }
    await page.getByText('Версия Rocket.Chat: 8.9').waitFor();
    const direct = page.getByRole('link', { name: 'Открыть напрямую' });
    expect([await direct.getAttribute('href'), await direct.getAttribute('target')]).toEqual([
      app.rocketChat.url,
      '_blank',
    ]);

    await app.rocketChat.stop();
    undo.push(() => app.rocketChat.start());
    await page.getByRole('button', { name: 'Проверить соединение' }).click();
    await page.getByText(t('rocketchat.step.reach.wrong'), { exact: true }).waitFor();
    await page.getByRole('heading', { name: cause('unreachable') }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: cause('unreachable') }).waitFor();
    await mend();
    await page.getByRole('heading', { name: 'Всё работает' }).waitFor();
  });

  it('the report can be copied, and tells nothing that only the browser should know', async () => {
    const person = await somebody();
    const { page, context } = person;
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.server.url });
    fault({ name: 'frame-silent' });
    await page.goto('/chat/test');
    await page.getByRole('heading', { name: cause('frame_silent') }).waitFor();
    await page.getByRole('button', { name: 'Скопировать отчёт' }).click();
    await page.getByRole('region', { name: 'Уведомления' }).getByText('Отчёт скопирован.').waitFor();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toContain('frame_silent');
    expect(report).toContain(app.rocketChat.url);
    expect(report).not.toContain(person.me.username);
    expect(report).not.toMatch(/token|cookie/i);
  });
});
