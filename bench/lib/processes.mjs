import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const COUNTER = ['--import', new URL('./statement-probe.mjs', import.meta.url).href];
const PROBE = ['--expose-gc', '--import', new URL('./memory-probe.mjs', import.meta.url).href];

/** A free loopback port. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function handle(child, base) {
  return {
    base,
    pid: child.pid,
    async memory() {
      child.send('memory');
      const [answer] = await once(child, 'message');
      return answer.memory;
    },
    /** Statements sent to PostgreSQL so far; only for the API. */
    async statements() {
      child.send('statements');
      const [answer] = await once(child, 'message');
      return answer.statements;
    },
    /** Says something to what was imported into the process. */
    tell(message) {
      child.send(message);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.disconnect();
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The ceiling server of `servers/bare-socketio.mjs`. */
export async function startBareServer() {
  const child = fork(here('../servers/bare-socketio.mjs'), {
    execArgv: PROBE,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ ready }] = await once(child, 'message');
  return handle(child, `http://127.0.0.1:${ready}`);
}

/** The peer of `servers/oidc-provider.mjs`, with one client. What it says at its start (an unsupported Node, its defaults) is no news here. */
export async function startOidcProvider({ id, secret, redirectUri }) {
  const port = await freePort();
  const child = fork(here('../servers/oidc-provider.mjs'), [String(port), id, secret, redirectUri], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const gone = once(child, 'exit').then(() => {
    throw new Error('oidc-provider ended while starting');
  });
  await Promise.race([once(child, 'message'), gone]);
  gone.catch(() => undefined);
  return handle(child, `http://127.0.0.1:${port}`);
}

/** Our API as built, on the given database; limits are off, since one machine plays everybody. */
export async function startApi({ databaseUrl, dataDir, secret, env = {} }) {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child = fork(here('../../apps/api/dist/main.js'), {
    execArgv: [...PROBE, ...COUNTER],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      BESEDKA_MODE: 'local',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: base,
      DATABASE_URL: databaseUrl,
      BESEDKA_DATA_DIR: dataDir,
      AUTH_SECRET: secret,
      LOG_LEVEL: 'error',
      RATE_GENERAL_PER_MINUTE: '0',
      RATE_SIGN_IN_PER_MINUTE: '0',
      RATE_SEND_PER_MINUTE: '0',
      ACCESS_TOKEN_SECONDS: '3600',
      ...env,
    },
  });
  for (let i = 0; ; i++) {
    if (child.exitCode !== null) throw new Error('the API ended while starting');
    const ready = await fetch(`${base}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
    if (ready) return handle(child, base);
    if (i > 300) throw new Error('the API did not get ready in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
