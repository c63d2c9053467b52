/**
 * What Node's own module loader does for a test run besides what it does anyway: sources in TypeScript, the workspaces by their sources
 * instead of their builds, and `@jest/globals`. Runs in Node's loader thread (`module.register`).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.mjs';

const ROOT = new URL('../../../', import.meta.url);
const GLOBALS = new URL('./globals.mjs', import.meta.url).href;

/** Specifier → source, as `tsconfig.json` and the packages' `exports` say it of the builds. @type {readonly [RegExp, string][]} */
const WORKSPACES = [
  [/^@besedka\/contracts$/, 'libs/contracts/src/index.ts'],
  [/^@besedka\/contracts\/(.+)$/, 'libs/contracts/src/$1.ts'],
  [/^@besedka\/rocketchat$/, 'libs/rocketchat/src/index.ts'],
  [/^@besedka\/rocketchat\/testing$/, 'libs/rocketchat/src/testing/index.ts'],
  [/^@besedka\/testing\/(.+)$/, 'libs/testing/src/$1.ts'],
];

/** @param {string} url */
const isOwn = (url) => url.startsWith(ROOT.href) && !url.includes('/node_modules/');

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  for (const [pattern, source] of WORKSPACES) {
    if (pattern.test(specifier))
      return { url: new URL(specifier.replace(pattern, source), ROOT).href, shortCircuit: true };
  }
  // TypeScript imports name the file that will be built: `./x.js` for `./x.ts`.
  const parent = context.parentURL;
  if (parent !== undefined && isOwn(parent) && /^\.{1,2}\//.test(specifier)) {
    for (const candidate of [specifier.replace(/\.js$/, '.ts'), `${specifier}.ts`]) {
      const url = new URL(candidate, parent);
      if (url.pathname.endsWith('.ts') && existsSync(url)) return { url: url.href, shortCircuit: true };
    }
  }
  return next(specifier, context);
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const { pathname } = new URL(url);
  if (isOwn(url) && pathname.endsWith('.ts')) {
    const file = fileURLToPath(url);
    const { code } = compile(await readFile(file, 'utf8'), file);
    return { format: 'module', source: code, shortCircuit: true };
  }
  if (isOwn(url) && pathname.endsWith('.json') && context.importAttributes?.['type'] !== 'json') {
    const source = `export default ${await readFile(fileURLToPath(url), 'utf8')}`;
    return { format: 'module', source, shortCircuit: true };
  }
  return next(url, context);
}
