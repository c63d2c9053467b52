import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js');

/** How a command ended. `code` is null when a signal ended it. */
export interface CommandEnd {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandEnd>;
  /** Waits until it has written this to standard error. */
  says(text: RegExp): Promise<void>;
}

/** Starts the built program as `npm run besedka -- rocketchat …` does, with exactly these settings. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>>): RunningCommand {
  if (!existsSync(CLI)) throw new Error('the API is not built: npm run build');
  const child = spawn(process.execPath, [CLI, 'rocketchat', ...args], {
    env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], BESEDKA_MODE: 'local', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  const ended = new Promise<CommandEnd>((done) => child.on('close', (code) => done({ code, out, err })));
  return {
    process: child,
    ended,
    says: (text) =>
      new Promise((heard, never) => {
        const look = (): void => {
          if (text.test(err)) heard();
        };
        child.stderr.on('data', look);
        child.on('close', () => never(new Error(`it ended without ${String(text)}: ${err}`)));
        look();
      }),
  };
}
