import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { BuildInfo } from './app-config.js';

const API_ROOT = resolve(import.meta.dirname, '..', '..');

/** Commit of the checkout, read from its files so that no `git` needs to be installed; null outside a checkout. */
function commitOfCheckout(root: string): string | null {
  const head = readIfThere(join(root, '.git', 'HEAD'));
  if (head === null) return null;
  const ref = /^ref: (\S+)$/.exec(head)?.[1];
  if (ref === undefined) return head;
  const loose = readIfThere(join(root, '.git', ref));
  if (loose !== null) return loose;
  const packed = readIfThere(join(root, '.git', 'packed-refs')) ?? '';
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? null
  );
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/**
 * Version and commit of the running code (F22). The build writes `dist/build-info.json`, which tells the truth even when
 * the checkout has moved on since; BESEDKA_COMMIT serves images built without a checkout.
 */
export function readBuildInfo(commitFromEnv: string | undefined): BuildInfo {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(API_ROOT, 'package.json'), 'utf8')));
  const written = readIfThere(join(API_ROOT, 'dist', 'build-info.json'));
  const built = written === null ? null : z.object({ commit: z.string() }).parse(JSON.parse(written)).commit;
  const commit = commitFromEnv ?? built ?? commitOfCheckout(resolve(API_ROOT, '..', '..')) ?? 'unknown';
  return { version: manifest.version, commit };
}
