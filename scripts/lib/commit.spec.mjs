import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitInFiles, commitOf } from './commit.mjs';
import { ROOT } from './tools.mjs';

describe('F22 the commit that a build tells', () => {
  const folder = mkdtempSync(join(tmpdir(), 'besedka-commit-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const COMMIT = '89a8d6c1f0f3b1f4d4f1c8c9f7a1a2b3c4d5e6f7';

  /** @param {Record<string, string>} files of `.git` */
  const checkout = (files) => {
    const root = mkdtempSync(join(folder, 'a-'));
    mkdirSync(join(root, '.git/refs/heads'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, '.git', name), text);
    return root;
  };

  it.each([
    ['a branch', { HEAD: 'ref: refs/heads/main\n', 'refs/heads/main': `${COMMIT}\n` }],
    ['a packed branch', { HEAD: 'ref: refs/heads/main\n', 'packed-refs': `# pack-refs\n${COMMIT} refs/heads/main\n` }],
    ['a commit alone', { HEAD: `${COMMIT}\n` }],
  ])('is found in the files of the history: %s', async (_, files) => {
    expect(await commitInFiles(checkout(files))).toBe(COMMIT);
  });

  it('is unknown without a history', async () => {
    expect(await commitInFiles(mkdtempSync(join(folder, 'b-')))).toBe('');
  });

  it('is the same in the files that an image is built from, and what Git says', async () => {
    const git = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
    const isOrdinary = (await commitInFiles(ROOT)) !== '';
    // A worktree keeps its history elsewhere, an unpacked archive has none.
    if (git.status === 0 && isOrdinary) expect(await commitInFiles(ROOT)).toBe(git.stdout.trim());
    expect(await commitOf(ROOT)).toBe(git.status === 0 ? git.stdout.trim() : '');
  });

  it('reaches the image: the parts of the history that name it are let in, and its argument goes before them', () => {
    const kept = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    expect(kept).toEqual(expect.arrayContaining(['.git/*', '!.git/HEAD', '!.git/packed-refs', '!.git/refs']));
    const dockerfile = readFileSync(join(ROOT, 'docker/Dockerfile'), 'utf8');
    const [copied, argument, built] = ['COPY .git* .git/', 'ARG BESEDKA_COMMIT', 'RUN node scripts/build.mjs'].map(
      (line) => dockerfile.indexOf(line),
    );
    expect(copied).toBeGreaterThan(0);
    expect(argument).toBeGreaterThan(0);
    expect(built).toBeGreaterThan(Math.max(Number(copied), Number(argument)));
    expect(dockerfile).toContain('COPY --from=build /app/apps/api/dist apps/api/dist');
  });
});
