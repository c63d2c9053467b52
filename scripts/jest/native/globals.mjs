/**
 * `@jest/globals` for modules that are loaded once and used by many test files: each name means what it means in the file that runs.
 */

/** @param {string} name */
function current(name) {
  const now = () => Reflect.get(globalThis, name);
  return new Proxy(now, {
    apply: (_target, self, args) => Reflect.apply(now(), self, args),
    get: (_target, key) => Reflect.get(now(), key),
  });
}

export const afterAll = current('afterAll');
export const afterEach = current('afterEach');
export const beforeAll = current('beforeAll');
export const beforeEach = current('beforeEach');
export const describe = current('describe');
export const expect = current('expect');
export const it = current('it');
export const jest = current('jest');
export const test = current('test');
