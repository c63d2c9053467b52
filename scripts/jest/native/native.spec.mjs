import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { jest } from '@jest/globals';
import NativeEnvironment from './environment.mjs';

/** A workspace by its name; it has no types here. @type {string} */
const WORKSPACE = '@besedka/testing/postgres-template';
const TYPESCRIPT = new URL('../../../libs/testing/src/postgres-template.ts', import.meta.url);

describe('modules of a test run', () => {
  it('are those of Node, loaded once', async () => {
    const { testDatabaseUrl } = await import(WORKSPACE);
    expect((await import(TYPESCRIPT.href)).testDatabaseUrl).toBe(testDatabaseUrl);
  });

  it('are told in stacks by the lines of their sources', async () => {
    const { testDatabaseUrl } = await import(WORKSPACE);
    const url = process.env.TEST_DATABASE_URL;
    delete process.env.TEST_DATABASE_URL;
    try {
      testDatabaseUrl();
      throw new Error('it did not throw');
    } catch (error) {
      const lines = (await readFile(TYPESCRIPT, 'utf8')).split('\n');
      const line = lines.findIndex((text) => text.includes("throw new Error('TEST_DATABASE_URL")) + 1;
      expect(error instanceof Error && error.stack).toContain(`postgres-template.ts:${line}:`);
    } finally {
      process.env.TEST_DATABASE_URL = url;
    }
  });
});

describe('what a test file changes of the process', () => {
  it('is put back after it', async () => {
    const { log } = console;
    const { now } = Date;
    const environment = new NativeEnvironment({ projectConfig: /** @type {any} */ ({ fakeTimers: {} }) });
    process.env.OF_A_TEST = '1';
    environment.moduleMocker.spyOn(console, 'log').mockReturnValue(undefined);
    environment.fakeTimersModern.useFakeTimers({ doNotFake: ['nextTick'] });
    expect([console.log === log, Date.now === now]).toEqual([false, false]);
    const kept = Object.getOwnPropertySymbols(globalThis).map((key) => [key, Reflect.get(globalThis, key)]);
    await environment.teardown();
    const left = Object.getOwnPropertySymbols(globalThis);
    // This very file is still being run.
    for (const [key, value] of kept) Reflect.set(globalThis, key, value);
    expect([process.env.OF_A_TEST, console.log === log, Date.now === now]).toEqual([undefined, true, true]);
    expect(kept.filter(([key]) => !left.includes(key)).map(([key]) => key.description)).toEqual(
      expect.arrayContaining(['JEST_STATE_SYMBOL', 'EVENT_HANDLERS']),
    );
  });

  it('of the clock too', () => {
    jest.useFakeTimers();
    try {
      const start = Date.now();
      jest.advanceTimersByTime(1000);
      expect(Date.now() - start).toBe(1000);
    } finally {
      jest.useRealTimers();
    }
  });
});
