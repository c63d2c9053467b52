/**
 * `npm run dev`: watch mode. The compiler, the server and Vite each follow the sources; the web app is at port 5173 and
 * passes API and sockets on to the server at 8001.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { accountTable } from './lib/local-accounts.mjs';
import { checkNodeVersion, program } from './lib/run.mjs';
import { npmTool, ROOT } from './lib/tools.mjs';

await program(async () => {
  checkNodeVersion();
  const { ensureInstalled } = await import('./lib/install.mjs');
  await ensureInstalled();
  const { build } = await import('./lib/build.mjs');
  await build();
  const dataDir = resolve(process.env.BESEDKA_DATA_DIR || join(ROOT, '.data'));
  const port = process.env.PORT || '8001';
  const webPort = process.env.BESEDKA_WEB_PORT || '5173';
  const { startLocalPostgres } = await import('./lib/local-postgres.mjs');
  const database = process.env.DATABASE_URL
    ? undefined
    : await startLocalPostgres({ dataDir: join(dataDir, 'postgres') });
  const env = {
    ...process.env,
    PORT: port,
    BESEDKA_MODE: process.env.BESEDKA_MODE || 'local',
    BESEDKA_DATA_DIR: dataDir,
    DATABASE_URL: process.env.DATABASE_URL || database?.url,
    BESEDKA_WEB_PORT: webPort,
    BESEDKA_API_URL: `http://127.0.0.1:${port}`,
    PUBLIC_URL: process.env.PUBLIC_URL || `http://127.0.0.1:${webPort}`,
  };
  const main = join(ROOT, 'apps/api/dist/main.js');
  const children = [
    start(npmTool('typescript', ['-b', '--watch', '--preserveWatchOutput', 'apps/api'], 'tsc'), env),
    start(
      { command: process.execPath, args: ['--watch', '--watch-preserve-output', '--enable-source-maps', main] },
      env,
    ),
    start(npmTool('vite', ['--host', '127.0.0.1']), env, join(ROOT, 'apps/web')),
  ];
  console.log(`\nhttp://127.0.0.1:${webPort}\n${await accountTable()}\n`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => children.forEach((child) => child.kill('SIGTERM')));
  }
  // One that ends takes the others with it: half a watch mode only confuses.
  await Promise.race(children.map((child) => once(child, 'exit')));
  children.forEach((child) => child.kill('SIGTERM'));
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  await database?.stop();
});

/**
 * @param {import('./lib/tools.mjs').Command} command
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [cwd]
 */
function start({ command, args }, env, cwd = ROOT) {
  return spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });
}
