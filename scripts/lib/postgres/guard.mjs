/**
 * Cleans up a temporary cluster when the program that made it has ended, killed or not: its end of our standard input
 * closes, whatever happened to it.
 *
 *     node guard.mjs <folder that holds the cluster `data`>
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { postgresAccount } from './account.mjs';
import { postgresBinaries } from './binaries.mjs';
import { runningServer, stopServer } from './server.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('Usage: guard.mjs <folder>');

// The terminal's Ctrl-C and a closed terminal concern the program that is guarded.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

process.stdin.resume();
process.stdin.once('close', async () => {
  const dataDir = join(folder, 'data');
  if (await runningServer(dataDir)) {
    const binaries = await postgresBinaries();
    const account = await postgresAccount(dataDir, binaries.postgres);
    await stopServer({ binaries, account, cluster: { dataDir, password: '', logFile: `${dataDir}.log` } }, 'immediate');
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
