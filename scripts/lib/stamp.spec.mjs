import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprint, isFresh, writeStamp } from './stamp.mjs';

describe('the build stamp', () => {
  /** @type {string} */
  let root;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'besedka-stamp-'));
    await mkdir(join(root, 'src', 'deep'), { recursive: true });
    await writeFile(join(root, 'src', 'a.ts'), 'one');
    await writeFile(join(root, 'src', 'deep', 'b.ts'), 'two');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const print = () => fingerprint(root, ['src', 'package.json']);

  it('stays the same while nothing changes but file times', async () => {
    const before = await print();
    await utimes(join(root, 'src', 'a.ts'), 0, 0);
    expect(await print()).toBe(before);
  });

  it.each([
    ['a changed file of the same length', () => writeFile(join(root, 'src', 'deep', 'b.ts'), 'owt')],
    ['a new file', () => writeFile(join(root, 'src', 'c.ts'), '')],
    ['a removed file', () => rm(join(root, 'src', 'a.ts'))],
    ['a single file that appears', () => writeFile(join(root, 'package.json'), '{}')],
  ])('changes with %s', async (_, change) => {
    const before = await print();
    await change();
    expect(await print()).not.toBe(before);
  });

  it('ignores tests, results and packages', async () => {
    const before = await print();
    await mkdir(join(root, 'src', 'dist'));
    await mkdir(join(root, 'src', 'node_modules'));
    for (const name of ['a.spec.ts', 'dist/a.js', 'node_modules/x.js', 'x.tsbuildinfo']) {
      await writeFile(join(root, 'src', name), 'x');
    }
    expect(await print()).toBe(before);
  });

  it('is fresh only with the same print and an existing result', async () => {
    const stamp = join(root, 'stamps', 'api');
    const output = join(root, 'main.js');
    await writeStamp(stamp, 'p1');
    expect(await isFresh(stamp, 'p1', output)).toBe(false);
    await writeFile(output, '');
    expect(await isFresh(stamp, 'p1', output)).toBe(true);
    expect(await isFresh(stamp, 'p2', output)).toBe(false);
    expect(await isFresh(join(root, 'stamps', 'web'), 'p1', output)).toBe(false);
  });
});
