import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { App } from './app.js';

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'api', 'dist', 'cli', 'main.js');

/** Runs `npm run besedka -- <words>` beside the running product. @returns its exit code */
export function command({ server }: App, ...words: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, ...words], {
    env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], ...server.settings },
    stdio: 'ignore',
  });
  return new Promise((ended) => child.on('close', ended));
}
