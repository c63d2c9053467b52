import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../lib/processes.mjs';
import { round } from '../lib/numbers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts the product as `npm start` does and waits until it says that it is ready. @returns seconds */
async function startOnce(dataDir, port) {
  const started = performance.now();
  // No DATABASE_URL: the own PostgreSQL under the data folder is part of what is measured.
  const { DATABASE_URL: _unset, ...env } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...env, BESEDKA_DATA_DIR: dataDir, PORT: String(port) },
  });
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error('npm start ended early');
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (r) => r.ok,
        () => false,
      );
      if (ready) break;
      if (performance.now() - started > 300_000) throw new Error('npm start was not ready in five minutes');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return (performance.now() - started) / 1000;
  } finally {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
  }
}

/** Second `npm start` to ready, with the data of the first. */
export async function measureStart() {
  const dataDir = await mkdtemp(join(tmpdir(), 'besedka-bench-start-'));
  try {
    const port = await freePort();
    const first = await startOnce(dataDir, port);
    const second = await startOnce(dataDir, port);
    return {
      measure: 'second npm start to ready, seconds',
      target: '<= 5',
      value: round(second),
      met: second <= 5,
      detail: { firstOnAnEmptyDataFolder: round(first) },
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
