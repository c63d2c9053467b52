import { appendFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { LastingBrowser } from '@besedka/testing/lasting-browser';
import type { Browser } from 'playwright-core';
import { lastSight } from './last-sight.js';
import { LOCAL, Person, type LocalAccount, type PersonOptions } from './person.js';
import { startServer, type TestServer } from './server.js';

/** The running product and a browser for one test file; after every test people's pages are checked, and everything in the browser is closed. */
export interface App {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Signs in one of the local accounts in a browser context of its own. */
  person(account: LocalAccount, options?: PersonOptions): Promise<Person>;
  /** Signs in any account. */
  signIn(login: string, password: string, options?: PersonOptions): Promise<Person>;
}

type Env = Record<string, string>;

/**
 * Call it once at the top of a test file.
 *
 * @param env settings over those of every test; a function when they are known only once something else runs
 */
export function useApp(env: Env | (() => Promise<Env>) = {}): App {
  let server: TestServer | undefined;
  const browser = new LastingBrowser(noteCrash);
  const present: Person[] = [];

  beforeAll(async () => {
    // Each is known as soon as it is there, so that it is closed also when the other fails.
    const settings = typeof env === 'function' ? await env() : env;
    await Promise.all([startServer(settings).then((started) => (server = started)), browser.start()]);
  });
  beforeEach(() => browser.start());
  afterEach(async () => {
    const people = present.splice(0);
    // eslint-disable-next-line no-console -- the only thing that tells how it looked on a machine that nobody sits at
    if (globalThis.hasTestFailed === true) console.log(await lastSight(browser.current));
    try {
      for (const person of people) person.guard.assertClean();
    } finally {
      await Promise.all(browser.current.contexts().map((context) => context.close()));
    }
  });
  afterAll(async () => {
    await browser.close();
    await server?.close();
  });

  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('only inside tests');
    return value;
  };
  const signIn = async (login: string, password: string, options?: PersonOptions): Promise<Person> => {
    const person = await Person.signIn(browser.current, started(server).url, login, password, options);
    present.push(person);
    return person;
  };
  return {
    get server() {
      return started(server);
    },
    get browser() {
      return browser.current;
    },
    signIn,
    person: (account, options) => signIn(account, LOCAL[account], options),
  };
}

/** `npm test` runs the file in which a browser has crashed once more, and says so. */
function noteCrash(): void {
  const { testPath, currentTestName } = expect.getState();
  const crash = { file: testPath ?? '', test: currentTestName ?? '' };
  const notes = process.env['TEST_BROWSER_CRASHES'];
  if (notes !== undefined) appendFileSync(notes, `${JSON.stringify(crash)}\n`);
}
