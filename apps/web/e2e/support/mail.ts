import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import type { TestServer } from './server.js';

/**
 * Waits for a letter to this address in the server's mail folder and gives the path of the link in the newest one. Only the path: the
 * server of a test listens on a port that it did not choose, so its letters name another.
 */
export async function linkFromMail(server: TestServer, address: string): Promise<string> {
  let path = '';
  await eventually(() => {
    const letter = letters(join(server.dataDir, 'mail')).find((text) => text.includes(address)) ?? '';
    const link = /https?:\/\/[^\s/]+(\/[^\s]+)/.exec(letter)?.[1];
    if (!link) throw new Error(`No letter with a link has come to ${address}`);
    path = link;
  });
  return path;
}

/** Names are ids in the order of time: the newest first. */
function letters(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .reverse()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}
