import process from 'node:process';
import { createContext } from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Under which Jest keeps what a test file has said about itself. */
const LEFT_BEHIND = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL', 'JEST_STATE_SYMBOL'];

/**
 * A test file runs in the process as it is, not in a context of its own: see `runtime.mjs`. What a file changes of the process is put
 * back after it.
 */
export default class NativeEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;

  /** @param {{ projectConfig: ConstructorParameters<typeof ModernFakeTimers>[0]['config'] }} config */
  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.env = { ...process.env };
    this.console = console;
    this.exit = process.exit;
  }

  async setup() {
    // Nothing is made for a file; what it changes is put back below.
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    this.moduleMocker.restoreAllMocks();
    for (const name of Object.keys(process.env)) {
      if (!(name in this.env)) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, this.env);
    globalThis.console = this.console;
    process.exit = this.exit;
    for (const key of Object.getOwnPropertySymbols(globalThis)) {
      if (LEFT_BEHIND.includes(key.description ?? '')) Reflect.deleteProperty(globalThis, key);
    }
  }

  /**
   * Hooks that clean up after a test may ask whether it has failed: `globalThis.hasTestFailed`.
   *
   * @param {{ name: string }} event
   */
  handleTestEvent({ name }) {
    if (name === 'test_start') Reflect.set(globalThis, 'hasTestFailed', false);
    if (name === 'test_fn_failure' || name === 'hook_failure') Reflect.set(globalThis, 'hasTestFailed', true);
  }

  /** Jest insists on one; nothing runs in it. */
  getVmContext() {
    return createContext();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }
}
