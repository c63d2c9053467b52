import { spawn } from 'node:child_process';
import process from 'node:process';
import { ROOT } from './tools.mjs';

/** A failure that is told to the person at the terminal in one sentence, without a stack. */
export class Refusal extends Error {}

/**
 * Runs a command to its end.
 *
 * @param {import('./tools.mjs').Command} command
 * @param {{ cwd?: string, show?: boolean, env?: Record<string, string> }} [options] `show`: the output goes to the terminal instead of
 *   being collected
 * @returns {Promise<{ code: number, output: string }>} code 1 when it could not be started or was killed
 */
export function run({ command, args, env }, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...env, ...options.env },
      stdio: options.show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
    }
    child.once('error', (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs the main function of a program. A {@link Refusal}, or any error that says it is meant for people, ends it with
 * that one sentence and code 1; everything else is a fault of ours and keeps its stack.
 *
 * @param {() => Promise<void>} main
 */
export async function program(main) {
  try {
    await main();
  } catch (error) {
    const told = error instanceof Error && (error instanceof Refusal || error.name === 'LocalPostgresError');
    console.error(told ? error.message : error);
    process.exitCode = 1;
  }
}

/** Refuses a Node that is too old to understand the rest. */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Refusal(
    `Besedka needs Node 20.19 or newer, this is ${version}: install a newer one from https://nodejs.org.`,
  );
}
