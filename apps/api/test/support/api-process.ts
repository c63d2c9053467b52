import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Env } from '../../src/config/env-fields.js';

const MAIN = resolve(import.meta.dirname, '..', '..', 'dist', 'main.js');

/** The built API as a process of its own. */
export interface ApiProcess {
  readonly process: ChildProcess;
  /** Everything written to standard error so far. */
  stderr(): string;
  /** The address, once it listens; rejects when the process ends before. */
  readonly listening: Promise<string>;
  /** The exit code, null after a kill. */
  readonly exited: Promise<number | null>;
}

/** Starts `dist/main.js` with exactly the given environment. The caller ends it. */
export function startApiProcess(env: Env): ApiProcess {
  if (!existsSync(MAIN)) throw new Error('the API is not built: npm run build');
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  const listening = new Promise<string>((done, failed) => {
    let lines = '';
    child.stdout.on('data', (chunk: Buffer) => {
      lines += chunk.toString('utf8');
      const line = lines.split('\n').find((text) => text.includes('"msg":"listening"'));
      if (line !== undefined) done((JSON.parse(line) as { url: string }).url);
    });
    void exited.then((code) => failed(new Error(`ended with ${code} before listening: ${stderr}`)));
  });
  // Whoever only waits for the exit must not be disturbed by the rejection.
  listening.catch(() => undefined);
  return { process: child, stderr: () => stderr, listening, exited };
}
