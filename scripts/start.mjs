/**
 * `npm start`: everything from a fresh clone to a running portal. Installs what is missing, builds what has changed,
 * starts PostgreSQL unless `DATABASE_URL` names one, then the server, and stops both cleanly on Ctrl-C.
 */
import { join, resolve } from 'node:path';
import process from 'node:process';
import { accountTable } from './lib/local-accounts.mjs';
import { isPortFree } from './lib/ports.mjs';
import { checkNodeVersion, program, Refusal } from './lib/run.mjs';
import { ROOT } from './lib/tools.mjs';

await program(async () => {
  checkNodeVersion();
  const { ensureInstalled } = await import('./lib/install.mjs');
  await ensureInstalled();
  const { build } = await import('./lib/build.mjs');
  await build();

  const host = process.env.HOST || '127.0.0.1';
  const port = process.env.PORT || '8001';
  await checkPort(host, port);
  const dataDir = resolve(process.env.BESEDKA_DATA_DIR || join(ROOT, '.data'));

  const stopped = stopRequest();
  const database = process.env.DATABASE_URL ? undefined : await startDatabase(dataDir);
  const { startApi } = await import('./lib/api-process.mjs');
  const api = startApi({
    ...process.env,
    HOST: host,
    PORT: port,
    BESEDKA_MODE: process.env.BESEDKA_MODE || 'local',
    BESEDKA_DATA_DIR: dataDir,
    DATABASE_URL: process.env.DATABASE_URL || database?.url,
    WEB_ROOT: process.env.WEB_ROOT || join(ROOT, 'apps/web/dist'),
    // Every request as a line of JSON would bury the address and the accounts.
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
  });
  try {
    const address = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
    void api.ready(address).then((ready) => (ready ? announce(address, dataDir) : undefined));
    const code = await Promise.race([api.ended, stopped.then(() => undefined)]);
    if (code === undefined) {
      console.log('\nStopping …');
      await api.stop();
    } else {
      // It has said why on its own standard error.
      process.exitCode = 1;
    }
  } finally {
    await database?.stop();
  }
});

/**
 * The server checks too; asked here, the answer comes before a database has been started for nothing.
 *
 * @param {string} host
 * @param {string} port
 */
async function checkPort(host, port) {
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Refusal('PORT must be a whole number from 1 to 65535.');
  }
  const free = await isPortFree(number, host).catch(() => true);
  if (!free)
    throw new Refusal(`Port ${port} on ${host} is taken by another program: stop that one, or set PORT to a free one.`);
}

/** @param {string} dataDir */
async function startDatabase(dataDir) {
  const { startLocalPostgres } = await import('./lib/local-postgres.mjs');
  return startLocalPostgres({
    dataDir: join(dataDir, 'postgres'),
    port: Number(process.env.BESEDKA_POSTGRES_PORT || 0),
    onLost: (error) => console.error(`PostgreSQL stopped and does not start again: ${error.message}`),
  });
}

/**
 * Resolves when the person or the system asks this program to stop. Asking again ends it at once; npm passes Ctrl-C on
 * although the terminal has sent it already, so the first second does not count.
 *
 * @returns {Promise<void>}
 */
function stopRequest() {
  return new Promise((resolvePromise) => {
    let asked = Infinity;
    const ask = () => {
      if (Date.now() - asked > 1000) process.exit(1);
      asked = Math.min(asked, Date.now());
      resolvePromise();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask);
    // A signal sent to npm alone ends npm and its shell and never reaches us, but we see that our parent has changed.
    const parent = process.ppid;
    const watch = () => process.ppid !== parent && resolvePromise();
    if (process.env.npm_lifecycle_event) setInterval(watch, 500).unref();
  });
}

/** @param {string} address @param {string} dataDir */
async function announce(address, dataDir) {
  console.log(`\nBesedka is ready: ${address}\n`);
  if ((process.env.BESEDKA_MODE || 'local') !== 'local') return;
  console.log(`Accounts of this local installation:\n${await accountTable()}\n`);
  if (!process.env.SMTP_URL) console.log(`Mail is written to ${join(dataDir, 'mail')}`);
  console.log('Ctrl-C stops it; everything is kept.');
}
