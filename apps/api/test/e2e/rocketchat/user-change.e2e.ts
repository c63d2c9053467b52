import type { RocketChatEmbed } from '@besedka/contracts';
import { signIn } from '../../support/accounts/accounts.js';
import type { HttpClient } from '../../support/http-client.js';
import { authorizePath, register, type TestApplication } from '../../support/oauth/applications.js';
import {
  askForToken,
  type ChatPortal,
  linkAccounts,
  ownerOf,
  startChatPortal,
} from '../../support/rocketchat/portal.js';

const ROUNDS = 200;
/** What happens to the portal's way to Rocket.Chat from a sign-out until the next person asks, in every so many rounds. */
const TROUBLES = ['connection-reset', 'answer-lost', 'server-error'] as const;
const TROUBLE_EVERY = 16;
const troubleOf = (round: number): (typeof TROUBLES)[number] | null =>
  round % TROUBLE_EVERY === 0 ? TROUBLES[(round / TROUBLE_EVERY) % TROUBLES.length]! : null;

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** One browser of several people: what the frame of Rocket.Chat keeps in it outlives signing out of the portal. */
class SharedBrowser {
  /** `Meteor.loginToken` in the storage of Rocket.Chat's page. */
  stored: string | null = null;
  /** Whom each opened frame has shown. */
  readonly shown: (string | null)[] = [];

  constructor(
    private readonly portal: ChatPortal,
    readonly http: HttpClient,
    private readonly signInThere: (browser: SharedBrowser, username: string) => Promise<string>,
  ) {}

  async enter(username: string, password: string): Promise<void> {
    const answer = await this.http.post('/api/v1/auth/login', { login: username, password });
    if (answer.status !== 200) throw new Error(answer.text);
  }

  async embed(): Promise<RocketChatEmbed> {
    const answer = await this.http.get<RocketChatEmbed>('/api/v1/rocketchat/embed');
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json;
  }

  /** The frame is loaded: it goes on with what it has stored, and signs in when that is over. */
  async openFrame(username: string): Promise<void> {
    const resumed = this.stored === null ? null : ownerOf(this.portal, this.stored);
    if (resumed === null) this.stored = await this.signInThere(this, username);
    this.shown.push(resumed ?? ownerOf(this.portal, this.stored ?? ''));
  }
}

/** @returns after which rounds the view had to wait for the end of the sign-in before */
async function rounds(portal: ChatPortal, browser: SharedBrowser): Promise<Set<number>> {
  // Four: a person may ask for sixty tokens a minute, and a quick machine does all the rounds in less.
  const people = [
    ['owner', 'owner123secure'],
    ['test_user', 'user123secure'],
    ['store_admin', 'storeadmin123secure'],
    ['store_owner', 'storeowner123secure'],
  ] as const;
  const waited = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [username, password] = people[round % people.length]!;
    await browser.enter(username, password);
    // As long as anything of the one before lives there, the view shows nothing; when the way is free again, it goes on.
    while (!(await browser.embed()).clean) {
      waited.add(round - 1);
      portal.server.faults.clear();
      await later();
    }
    portal.server.faults.clear();
    await browser.openFrame(username);
    expect([round, browser.shown.at(-1)]).toEqual([round, username]);
    const name = troubleOf(round);
    if (name !== null) portal.server.faults.order({ name, route: 'logout' });
    expect((await browser.http.post('/api/v1/auth/logout')).status).toBe(204);
  }
  return waited;
}

describe.each(['iframe-token', 'oauth'] as const)('200 rounds A in, A out, B in: %s', (mode) => {
  let portal: ChatPortal;
  let application: TestApplication;
  beforeAll(async () => {
    portal = await startChatPortal({ ROCKETCHAT_MODE: mode }, { limiter: false });
    await linkAccounts(portal, 'owner', 'test_user', 'store_admin', 'store_owner');
    application = await register(await signIn(portal.app, 'owner'), {
      firstParty: true,
      pkceRequired: false,
      redirectUris: [`${portal.server.url}/_oauth/besedka`],
    });
  });
  afterAll(() => portal.close());

  const signInThere = async ({ http }: SharedBrowser, username: string): Promise<string> => {
    if (mode === 'iframe-token') {
      const { json, text } = await askForToken(portal, http);
      if (json.loginToken === undefined) throw new Error(text);
      return json.loginToken;
    }
    // The browser comes back with a code; what Rocket.Chat makes of it is a session that it alone knows.
    const { status, headers } = await http.get(authorizePath(application, { scope: 'openid', state: 'x' }));
    expect([status, headers.get('location')]).toEqual([302, expect.stringContaining('/_oauth/besedka?code=')]);
    return portal.server.make.session(username).authToken;
  };

  it('nobody ever sees a byte of anybody before, also when the network fails in between', async () => {
    const browser = new SharedBrowser(portal, portal.app.http(), signInThere);
    const waited = await rounds(portal, browser);
    const troubled = Array.from({ length: ROUNDS - 1 }, (_, round) => round).filter(
      // A lost answer is an end that the server has carried out: nothing has to be waited for.
      (round) => ['connection-reset', 'server-error'].includes(troubleOf(round) ?? ''),
    );
    process.stdout.write(`${mode}: ${browser.shown.length} rounds, the view waited after ${[...waited].join(', ')}\n`);
    expect(browser.shown).toHaveLength(ROUNDS);
    // Otherwise the rounds would not have shown that waiting keeps one person from the frame of another.
    expect([...waited]).toEqual(expect.arrayContaining(troubled));
  }, 120_000);
});
