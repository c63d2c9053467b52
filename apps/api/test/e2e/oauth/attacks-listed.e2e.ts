import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const HERE = import.meta.dirname;
const DOCUMENT = resolve(HERE, '../../../../../docs/security.md');

/** `file: name` of every row of the attack list. */
const listed = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| `([\w-]+)`: (.+?) +\| /gm)].map(
  ([, file = '', name = '']) => `${file}: ${name}`,
);
/** The same of every test in a file. */
const testsOf = (file: string): string[] =>
  [...readFileSync(resolve(HERE, `${file}.e2e.ts`), 'utf8').matchAll(/^ *it\((['"`])(.+?)\1,/gm)].map(
    ([, , name = '']) => `${file}: ${name}`,
  );
const files = [...new Set(listed.map((entry) => entry.slice(0, entry.indexOf(':'))))];

describe('docs/security.md', () => {
  it('lists each entry once', () => {
    expect(listed.length).toBeGreaterThan(80);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('names only tests that there are', () => {
    const existing = new Set(files.flatMap(testsOf));
    expect(listed.filter((entry) => !existing.has(entry))).toEqual([]);
  });

  it('names every attack that is tested', () => {
    const attacks = readdirSync(HERE)
      .filter((name) => /^attacks-.*\.e2e\.ts$/.test(name) && !name.startsWith('attacks-listed'))
      .flatMap((name) => testsOf(name.replace('.e2e.ts', '')));
    expect(attacks.filter((attack) => !listed.includes(attack))).toEqual([]);
  });
});
