import { expect } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { guardContext } from '@besedka/testing/page-guard';
import { eventually } from './support/eventually.js';
import { LOCAL, type LocalAccount } from './support/person.js';
import { RocketChatPage } from './support/pages/rocket-chat-page.js';
import { type ChatApp, useChatApp } from './support/rocketchat.js';

/** Something that changed at a moment, as the page or the frame in it told. */
interface Change {
  readonly at: number;
  /** In the page: whose chat is uncovered. In the frame: what secrets stand in it. */
  readonly value: string;
}

/**
 * One browser at which one person sits after the other. Before each picture that the browser paints, the page notes whose frame is
 * uncovered, and the frame notes what stands in it: together that is what was seen.
 */
class Seat {
  private readonly uncovered: Change[] = [];
  private readonly shown: Change[] = [];

  private constructor(
    private readonly app: ChatApp,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}

  static async take(app: ChatApp): Promise<Seat> {
    const context = await app.browser.newContext({
      baseURL: app.server.url,
      locale: 'ru-RU',
      reducedMotion: 'reduce',
      viewport: { width: 1440, height: 900 },
    });
    const seat = new Seat(app, context, await context.newPage());
    await context.exposeBinding('tell', (_source, where: 'page' | 'frame', at: number, value: string) => {
      (where === 'page' ? seat.uncovered : seat.shown).push({ at, value });
    });
    await context.addInitScript(() => {
      const outer = window.top === window;
      // The nested page of the portal shows no chat.
      if (!outer && window.parent !== window.top) return;
      if (outer && location.protocol === 'http:') localStorage.setItem('besedka.signedIn', '1');
      let last: string | undefined;
      const look = (): void => {
        const value = outer
          ? document.querySelector('.stage[aria-busy="false"]')
            ? (localStorage.getItem('besedka.rocketchat.user') ?? 'unknown')
            : ''
          : // What stands in a field to write in is no text of the page.
            ([document.body?.innerText ?? '', ...[...document.querySelectorAll('textarea')].map((one) => one.value)]
              .join('\n')
              .match(/тайна \S+/g)
              ?.filter((one, at, all) => all.indexOf(one) === at)
              .join() ?? '');
        if (value !== last)
          void (window as unknown as Window & { tell: (...x: unknown[]) => unknown }).tell(
            outer ? 'page' : 'frame',
            Date.now(),
            value,
          );
        last = value;
        requestAnimationFrame(look);
      };
      look();
    });
    return seat;
  }

  get chat(): RocketChatPage {
    return new RocketChatPage(this.page);
  }

  /** Signs in to the portal and opens a conversation that nobody else has. */
  async signIn(account: LocalAccount): Promise<void> {
    const answer = await this.context.request.post('/api/v1/auth/login', {
      data: { login: account, password: LOCAL[account] },
      headers: { origin: this.app.server.url },
    });
    if (!answer.ok()) throw new Error(`${account} cannot sign in: ${answer.status()}`);
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: /Учётная запись/ }).click();
    await this.page.getByRole('menuitem', { name: 'Выйти' }).click();
    await this.page.waitForURL('**/login**');
  }

  /** Every secret that stood uncovered before somebody: `user id: secret`. */
  async seen(): Promise<string[]> {
    // What was told before has been heard.
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
    const spans = (changes: readonly Change[]) =>
      changes.map(({ at, value }, index) => ({ from: at, to: changes[index + 1]?.at ?? Infinity, value }));
    const pairs = spans(this.uncovered).flatMap((page) =>
      spans(this.shown)
        .filter((frame) => page.value !== '' && frame.value !== '' && frame.from < page.to && page.from < frame.to)
        .map((frame) => `${page.value}: ${frame.value}`),
    );
    return [...new Set(pairs)];
  }
}

const AUTHORIZE = '/o/authorize/';
const PEOPLE = ['owner', 'store_owner', 'store_admin', 'test_user'] as const;

describe.each(['oauth', 'iframe-token'] as const)('A out, B in, signed in by %s: B sees nothing of A', (mode) => {
  const app = useChatApp(mode);
  const secret = (account: string): string => `тайна ${account}`;
  /** A conversation of one's own, in which a secret stands. */
  function conversation(account: (typeof PEOPLE)[number]): string {
    const { _id } = app.rocketChat.make.direct(account, account === 'owner' ? 'besedka.bridge' : 'owner');
    app.rocketChat.make.message(_id, account, secret(account));
    return _id;
  }
  /** Who is signed in to Rocket.Chat at this moment, by the sockets that are open. */
  const there = (): unknown[] =>
    app.rocketChat.connected.flatMap((id) => (id === undefined ? [] : [app.rocketChat.state.users.get(id)?.username]));

  /** A sits down and reads; what happens then is the test's; B sits down and reads. */
  async function round(
    a: (typeof PEOPLE)[number],
    b: (typeof PEOPLE)[number],
    between: (seat: Seat) => Promise<void>,
  ): Promise<void> {
    const seat = await Seat.take(app);
    const guard = guardContext(seat.context);
    guard.allow(/Failed to load resource|WebSocket/);
    await seat.signIn(a);
    await seat.chat.open(conversation(a));
    await seat.chat.chat.getByText(secret(a)).first().waitFor();
    const aId = await seat.page.evaluate(() => localStorage.getItem('besedka.rocketchat.user'));
    await between(seat);

    await seat.signIn(b);
    await seat.chat.open(conversation(b));
    await seat.chat.chat.getByText(secret(b)).first().waitFor();
    const bId = await seat.page.evaluate(() => localStorage.getItem('besedka.rocketchat.user'));
    expect(bId).not.toBe(aId);
    await eventually(() => expect(there()).toEqual([b]));
    // Who looked saw their own, and only that; the first half shows that this would have been noticed.
    expect((await seat.seen()).sort()).toEqual([`${aId}: ${secret(a)}`, `${bId}: ${secret(b)}`].sort());
    guard.assertClean();
  }

  it('A signs out', () =>
    round('owner', 'test_user', async (seat) => {
      await seat.signOut();
      await eventually(() => expect(there()).toEqual([]));
      expect(await seat.page.evaluate(() => localStorage.getItem('besedka.rocketchat.user'))).toBe('nobody');
    }));

  it('A signs out while Rocket.Chat is away', () =>
    round('store_owner', 'store_admin', async (seat) => {
      await app.rocketChat.stop();
      await seat.signOut();
      await app.rocketChat.start();
    }));

  it('A is gone without signing out, and the portal’s cookies with them', () =>
    round('test_user', 'owner', async (seat) => {
      await seat.page.goto('about:blank');
      await seat.context.clearCookies();
    }));

  it('A is gone, and everything that the portal kept in the browser as well', () =>
    round('store_admin', 'store_owner', async (seat) => {
      await seat.page.goto('/login');
      await seat.page.evaluate(() => localStorage.clear());
      await seat.page.goto('about:blank');
      await seat.context.clearCookies();
    }));

  it('what A left half typed is gone: A signs out where no frame is', async () => {
    const seat = await Seat.take(app);
    const guard = guardContext(seat.context);
    guard.allow(/Failed to load resource|WebSocket/);
    const noted = (): Promise<string | null> =>
      seat.page.evaluate(() => localStorage.getItem('besedka.rocketchat.user'));
    const drafts = (): Promise<string[]> =>
      seat.chat.frame.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('messagebox_')));
    await seat.signIn('store_owner');
    await seat.chat.open('general');
    await seat.chat.composer.fill('тайна недописанная');
    expect(await drafts()).toHaveLength(1);
    const aId = await noted();
    // It is A's own as long as A is there.
    await seat.page.reload();
    await seat.chat.ready();
    expect(await seat.chat.composer.inputValue()).toBe('тайна недописанная');
    await seat.page.goto('/profile');
    await seat.signOut();
    expect(await noted()).toBe(aId);

    let authorized = 0;
    seat.page.on('request', (request) => (authorized += Number(new URL(request.url()).pathname === AUTHORIZE)));
    await seat.signIn('test_user');
    await seat.chat.open('general');
    await seat.chat.room('GENERAL').waitFor();
    expect([await seat.chat.composer.inputValue(), await drafts()]).toEqual(['', []]);
    // Once to have the drafts thrown away, once to stay: far from what the portal calls a loop.
    expect(authorized).toBe(mode === 'oauth' ? 2 : 0);
    expect(await noted()).not.toBe(aId);
    expect(await seat.seen()).toEqual([`${aId}: тайна недописанная`]);
    guard.assertClean();
  });

  // The portal gives codes for at most three sign-ins of a person in half a minute, so only the other mode goes round quickly.
  if (mode === 'iframe-token') {
    it('twelve people in a row at one browser', async () => {
      const seat = await Seat.take(app);
      const expected = new Set<string>();
      for (let n = 0; n < 12; n += 1) {
        const account = PEOPLE[n % PEOPLE.length]!;
        await seat.signIn(account);
        await seat.chat.open(conversation(account));
        await seat.chat.chat.getByText(secret(account)).first().waitFor();
        expected.add(
          `${await seat.page.evaluate(() => localStorage.getItem('besedka.rocketchat.user'))}: ${secret(account)}`,
        );
        await seat.signOut();
      }
      expect((await seat.seen()).sort()).toEqual([...expected].sort());
      expect(expected.size).toBe(PEOPLE.length);
    });
  }
});
