import { readFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';

/** Jest `require`s this file and looks for a default export. */
export const __esModule = true;

const require = createRequire(import.meta.url);

/** How many times this process has loaded a test file. @type {Map<string, number>} */
const loads = new Map();

register('./hooks.mjs', import.meta.url);

/**
 * Test files and what they import are loaded by Node itself instead of by Jest's own module system.
 *
 * Jest loads every module anew for every test file, all of NestJS and TypeORM included: two to three seconds of computing for each file
 * that starts the application. Here modules are loaded once per worker, as in the product. In exchange no module can be replaced
 * (`jest.mock`), and state that a module keeps would live on into the next file of the worker: modules here keep none, the application
 * does.
 */
export default class NativeRuntime {
  #sourceMaps = new SourceMaps();
  #jest;

  /**
   * @param {unknown} _config
   * @param {import('./environment.mjs').default} environment
   */
  constructor(_config, { moduleMocker, fakeTimersModern }) {
    this.#jest = jestObject(moduleMocker, fakeTimersModern);
  }

  /** Jest's own parts: what they remember belongs to one test file. @param {string} path */
  requireInternalModule(path) {
    Reflect.deleteProperty(require.cache, path);
    return require(path);
  }

  /** @param {string} path */
  requireModule(path) {
    return require(path);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** Loads a test file or a set-up file, those anew each time. @param {string} path */
  async unstable_importModule(path) {
    const count = loads.get(path) ?? 0;
    loads.set(path, count + 1);
    await import(`${pathToFileURL(path)}${count === 0 ? '' : `?${count}`}`);
  }

  setGlobalsForRuntime() {
    Reflect.set(globalThis, 'jest', this.#jest);
  }

  getSourceMaps() {
    return this.#sourceMaps;
  }

  getAllCoverageInfoCopy() {
    return undefined;
  }

  enterTestCode() {
    // Jest's own module system tells module code from test code; here there is no difference.
  }

  leaveTestCode() {
    // As above.
  }

  teardown() {
    // What there is to put back the environment puts back.
  }
}

/**
 * What is used here of Jest's `jest`.
 *
 * @param {import('jest-mock').ModuleMocker} mocker
 * @param {import('@jest/fake-timers').ModernFakeTimers} timers
 */
function jestObject(mocker, timers) {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: () => mocker.restoreAllMocks(),
    /** @param {Exclude<Parameters<typeof timers.useFakeTimers>[0], undefined>} [options] */
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    /** @param {number} ms */
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    /** @param {number} ms */
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
    /** @param {number} now */
    setSystemTime: (now) => timers.setSystemTime(now),
    /** @param {number} ms */
    setTimeout: (ms) => Reflect.set(globalThis, Symbol.for('TEST_TIMEOUT_SYMBOL'), ms),
  };
}

/**
 * File → its source map as a `data:` address, made when a stack is printed.
 *
 * @extends {Map<string, string>}
 */
class SourceMaps extends Map {
  /** @override @param {string} generated path or address as stacks name it */
  get(generated) {
    const [name = ''] = generated.split('?');
    if (!name.endsWith('.ts') || name.includes('/node_modules/')) return undefined;
    const file = name.startsWith('file:') ? fileURLToPath(name) : name;
    if (!this.has(generated)) {
      const { map = '' } = compile(readFileSync(file, 'utf8'), file, true);
      this.set(generated, `data:application/json;base64,${Buffer.from(map).toString('base64')}`);
    }
    return super.get(generated);
  }
}
