import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { launchChromium } from '@besedka/testing/chromium';
import type { Browser } from 'playwright-core';
import { LOCAL, Person, type LocalAccount, type PersonOptions } from './person.js';
import { startServer, type TestServer } from './server.js';

/** The running product and a browser for one test file; people are closed, and their pages checked, after every test. */
export interface App {
  readonly server: TestServer;
  readonly browser: Browser;
  /** Signs in one of the local accounts in a browser context of its own. */
  person(account: LocalAccount, options?: PersonOptions): Promise<Person>;
  /** Signs in any account. */
  signIn(login: string, password: string, options?: PersonOptions): Promise<Person>;
}

/** Call it once at the top of a test file. */
export function useApp(env: Record<string, string> = {}): App {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  const present: Person[] = [];

  beforeAll(async () => {
    // Each is known as soon as it is there, so that it is closed also when the other fails.
    await Promise.all([
      startServer(env).then((started) => (server = started)),
      launchChromium().then((started) => (browser = started)),
    ]);
  });
  afterEach(async () => {
    const people = present.splice(0);
    try {
      for (const person of people) person.guard.assertClean();
    } finally {
      await Promise.all(people.map((person) => person.close()));
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('only inside tests');
    return value;
  };
  const signIn = async (login: string, password: string, options?: PersonOptions): Promise<Person> => {
    const person = await Person.signIn(started(browser), started(server).url, login, password, options);
    present.push(person);
    return person;
  };
  return {
    get server() {
      return started(server);
    },
    get browser() {
      return started(browser);
    },
    signIn,
    person: (account, options) => signIn(account, LOCAL[account], options),
  };
}
