import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './tools.mjs';

/** Milliseconds between two questions whether the server is ready. */
const ASK_AGAIN = 100;

/**
 * @typedef {object} ApiProcess
 * @property {Promise<number>} ended resolves with the exit code, 1 when it was killed
 * @property {(address: string) => Promise<boolean>} ready resolves with true when it answers, false when it ended before
 * @property {() => Promise<number>} stop asks for a clean end, and resolves with the exit code
 */

/**
 * Starts the server of the built API.
 *
 * It runs in a process group of its own, so that a Ctrl-C in the terminal reaches it once, through us, and not twice.
 *
 * @param {Record<string, string | undefined>} env
 * @param {string[]} [nodeOptions]
 * @returns {ApiProcess}
 */
export function startApi(env, nodeOptions = []) {
  const lifeline = new URL('./lifeline.mjs', import.meta.url).href;
  const main = join(ROOT, 'apps/api/dist/main.js');
  const child = spawn(process.execPath, [...nodeOptions, '--enable-source-maps', '--import', lifeline, main], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const ended = once(child, 'exit').then(([code, signal]) => {
    // Told here, because a process that is killed tells nothing.
    if (signal)
      console.error(
        `The server was ended by ${signal}. Nothing that it acknowledged is lost: npm start goes on from there.`,
      );
    return Number(code ?? 1);
  });
  let over = false;
  void ended.then(() => (over = true));
  return {
    ended,
    ready: async (address) => {
      while (!over) {
        if (await answers(`${address}/readyz`)) return true;
        await delay(ASK_AGAIN);
      }
      return false;
    },
    stop: () => {
      if (!over && child.connected) child.send('stop', () => undefined);
      return ended;
    },
  };
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
